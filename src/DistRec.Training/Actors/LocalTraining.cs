using Akka.Actor;
using Akka.Hosting;
using DistRec.Training.Jobs;
using DistRec.Training.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DistRec.Training.Actors;

/// <summary>Training's actors in one process: those of a cluster, in a local <see cref="ActorSystem"/>. Disposing stops them.</summary>
internal sealed class LocalTraining : IAsyncDisposable
{
    // A process that trains says itself what a person should know; what goes wrong in an actor ends its job by name.
    private const string Quiet = """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          loggers = []
          log-dead-letters = off
          coordinated-shutdown { run-by-clr-shutdown-hook = off, exit-clr = off }
        }
        """;

    private readonly ServiceProvider _services;
    private readonly NodeResources _node;

    // Made beside what else there is to be done before a job begins.
    private readonly Task<ActorSystem> _system;

    private LocalTraining(NodeResources node, PartitionWorkFactory works)
    {
        _node = node;
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IHostApplicationLifetime, Lifetime>()
            .AddAkka("distrec", (builder, _) => builder
                .AddHocon(Quiet, HoconAddMode.Prepend)
                .WithTrainingActors(region => PartitionRegion.Of(region, node, works)))
            .BuildServiceProvider();
        _system = Task.Run(StartAsync);
    }

    /// <summary>Begins to start the actors, and does not wait for them.</summary>
    /// <param name="node">What the partitions share.</param>
    /// <param name="works">Makes what holds a partition's tables.</param>
    public static LocalTraining Start(NodeResources node, PartitionWorkFactory works) => new(node, works);

    /// <summary>Runs a job to its end.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="keeper">Keeps what comes of it.</param>
    /// <param name="logger">Hears what the coordinator does.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the job; what it then comes to is returned.</param>
    /// <exception cref="Exception">What the job's coordinator, or its keeper, failed with.</exception>
    public async Task<StateChanged> RunAsync(
        JobSpec spec, IJobKeeper keeper, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        ActorSystem system = await _system.ConfigureAwait(false);
        TaskCompletionSource<StateChanged> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        PartitionRegions regions = PartitionRegions.Of(_services.GetRequiredService<IReadOnlyActorRegistry>());
        IActorRef job = system.ActorOf(
            LocalJobActor.Props(CoordinatorActor.Props(spec, keeper, regions, _node, logger, time), ended), "job");
        using CancellationTokenRegistration cancelled = cancellationToken.Register(() => job.Tell(new CancelJob { Job = spec.Job }));
        return await ended.Task.ConfigureAwait(false);
    }

    private async Task<ActorSystem> StartAsync()
    {
        // What a host does for its services; there is nothing else here that needs one.
        foreach (IHostedService service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return _services.GetRequiredService<ActorSystem>();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        ActorSystem system = await _system.ConfigureAwait(false);
        await system.Terminate().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A job's actors end with the job, whatever the process does then.</summary>
    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}

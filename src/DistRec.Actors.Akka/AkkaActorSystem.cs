using System.Collections.Immutable;
using System.Reflection;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Serialization;
using DistRec.Actors.Akka.Hosting;
using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Cluster;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Actors.Akka;

/// <summary>
/// A node of the engine on Akka.NET: Cluster Sharding decides where actors live and moves them when nodes come, go or
/// die, without a fixed seed; what happens inside an actor is the same as on every engine.
/// </summary>
public sealed class AkkaActorSystem : IActorSystem
{
    private readonly AkkaActorSystemOptions _options;
    private readonly ExtendedActorSystem _system;
    private readonly NodeRuntime _node;
    private readonly ComputePool? _ownCompute;
    private readonly TaskCompletionSource _removed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Task? _stop;

    /// <summary>Starts the node; it joins its cluster in the background, and what is sent meanwhile waits.</summary>
    /// <exception cref="ArgumentException">The options are not usable.</exception>
    /// <exception cref="ConfigurationException">The configuration is not usable.</exception>
    public AkkaActorSystem(AkkaActorSystemOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _ownCompute = options.Compute is null ? new ComputePool(options.ComputeThreads) : null;
        Compute = options.Compute ?? _ownCompute!;
        _system = (ExtendedActorSystem)ActorSystem.Create(options.ClusterName, SetupOf(options));
        _node = new NodeRuntime(options, _system, Compute);
        _ = _system.WhenTerminated.ContinueWith(
            _ => OnTerminatedAsync(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    public Task<ActorFailure> Failed => _node.Failed;

    public IBlockExchange Blocks => _node.Blocks;

    public IComputePool Compute { get; }

    /// <summary>Where actors live.</summary>
    public IActorDirectory Directory => _node.Directory;

    /// <summary>The nodes of the cluster.</summary>
    public IClusterView View => _node.View;

    /// <summary>
    /// Completes when the cluster has removed this node, such as after a partition that left it in the minority. Its actors
    /// have ended and start elsewhere; a process that wants to be back starts a new system.
    /// </summary>
    public Task Removed => _removed.Task;

    /// <summary>Akka.NET's own address of this node, by which others can join it.</summary>
    public string ClusterAddress => AkkaCluster.Get(_system).SelfAddress.ToString();

    internal ActorSystem System => _system;

    internal long OwnIncarnation => AkkaCluster.Get(_system).SelfUniqueAddress.Uid;

    /// <summary>Completes when the node is a full member of its cluster.</summary>
    public Task JoinedAsync(CancellationToken cancellationToken = default)
    {
        TaskCompletionSource joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
        AkkaCluster.Get(_system).RegisterOnMemberUp(joined.SetResult);
        return joined.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Tells where the node's HTTP endpoints are, where its server learned that only when it started. Before any kind is registered.
    /// </summary>
    public void ServeAt(Uri httpAddress) => _node.HttpAddress = httpAddress;

    /// <summary>Joins a cluster by the <see cref="ClusterAddress"/> of a node, where the configuration names no seed nodes.</summary>
    public void Join(string clusterAddress) => AkkaCluster.Get(_system).Join(Address.Parse(clusterAddress));

    public void Register(params IReadOnlyList<ActorKind> kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        _node.Register(kinds);
    }

    public ValueTask SendAsync(ActorAddress to, IMessage message, CancellationToken cancellationToken = default) =>
        _node.SendAsync(to, message, null, cancellationToken);

    public Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : class, IMessage =>
        _node.AskAsync<TReply>(to, request, timeout, null, cancellationToken);

    /// <summary>
    /// Leaves the cluster in good order: this node's actors move to others, each after its running handler has ended, and
    /// what waits for them follows. Where no other node could host them nothing moves. Dispose of the system afterwards.
    /// </summary>
    /// <exception cref="TimeoutException">They did not move away within the stop timeout and the leave timeout together.</exception>
    /// <exception cref="ActorSystemStoppedException">The system has been disposed of.</exception>
    public Task LeaveAsync(CancellationToken cancellationToken = default) => _node.LeaveAsync(cancellationToken);

    /// <exception cref="StopTimeoutException">Some actors did not end in time.</exception>
    /// <exception cref="AggregateException">Some actors threw while they stopped; all the same everything has stopped.</exception>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _node.BeginStop();
            _stop ??= Task.Run(StopAsync);
        }

        return new ValueTask(_stop);
    }

    /// <summary>Ends the node as if its process had died: nobody is told.</summary>
    internal async Task CrashAsync()
    {
        lock (_gate)
        {
            _stop ??= Task.CompletedTask;
        }

        await _node.AbandonAsync("its node crashed").ConfigureAwait(false);
        await _system.Terminate().ConfigureAwait(false);
        _ownCompute?.Close();
    }

    private static ActorSystemSetup SetupOf(AkkaActorSystemOptions options)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("reference.conf")!;
        using StreamReader reader = new(stream);
        Config engine = ConfigurationFactory.ParseString(reader.ReadToEnd());
        Config config = ConfigurationFactory.ParseString(options.Configuration).WithFallback(engine);
        if (options.Logger is not null)
        {
            config = ConfigurationFactory.ParseString(LogForwarding.Configuration).WithFallback(config);
        }

        return BootstrapSetup.Create().WithConfig(config).And(new LogForwarding(options.Logger ?? NullLogger.Instance)).And(SerializationSetup.Create(system =>
            [SerializerDetails.Create("distrec", new EnvelopeSerializer(system), [.. EnvelopeSerializer.Types])]));
    }

    private async Task StopAsync()
    {
        IReadOnlyList<ActorAddress> stillRunning = await _node.StopAsync().ConfigureAwait(false);
        await LeaveClusterAsync().ConfigureAwait(false);
        if (stillRunning.Count > 0)
        {
            // Whatever still runs may never end, so its pool is told to end but not awaited.
            _ownCompute?.Close();
            throw new StopTimeoutException(stillRunning, _options.StopTimeout);
        }

        _ownCompute?.Dispose();
        if (_node.StopFailures.Count > 0)
        {
            throw new AggregateException("Actors threw while they stopped.", _node.StopFailures);
        }
    }

    private async Task LeaveClusterAsync()
    {
        try
        {
            await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClusterLeavingReason.Instance)
                .WaitAsync(_options.LeaveTimeout, _options.NodeTime).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The others find out by themselves that this node is gone.
        }

        await _system.Terminate().ConfigureAwait(false);
    }

    private async Task OnTerminatedAsync()
    {
        bool isOurs;
        lock (_gate)
        {
            isOurs = _stop is not null;
        }

        if (!isOurs)
        {
            await _node.AbandonAsync("its node was removed from the cluster").ConfigureAwait(false);
            _removed.TrySetResult();
        }
    }
}

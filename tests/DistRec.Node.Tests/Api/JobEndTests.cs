using System.Diagnostics.CodeAnalysis;
using System.Text;
using DistRec.Actors;
using DistRec.Actors.Cluster;
using DistRec.Node.Api;
using DistRec.Training.Actors;
using DistRec.Training.Journal;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Node.Tests.Api;

/// <summary>
/// The coordinator told watchers that a job had ended before the journal had it. Whoever then asked for the model at once was refused: by the
/// journal the job was still checkpointing.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync disposes of them.")]
public sealed class JobEndTests : IAsyncLifetime
{
    private const string Job = "j1";

    private static readonly JobEvent Epoch = new() { Sequence = 1, Epoch = new EpochFinished { Epoch = 1 } };
    private static readonly JobEvent End = new() { Sequence = 2, State = new StateChanged { State = JobState.Completed, Reason = "1 epoch done" } };

    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-node-").FullName;
    private readonly LocalActorSystem _system = new(new LocalActorSystemOptions());
    private JobJournal _journal = null!;

    public async Task InitializeAsync()
    {
        _journal = JobJournal.Open(Path.Combine(_folder, "jobs.db"), TimeProvider.System);
        await _journal.EnqueueAsync(new JobSpec { Job = Job }, "quick");
        _system.Register(new ActorKind(Addresses.CoordinatorKind, 1, _ => new Teller()));
    }

    public async Task DisposeAsync()
    {
        await _system.DisposeAsync();
        await _journal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Watchers_hear_of_the_end_when_the_journal_has_it()
    {
        string before = await EventsAsync();
        before.ShouldContain("\"epoch\"");
        before.ShouldNotContain("COMPLETED");

        await _journal.AppendAsync(Job, Epoch);
        await _journal.AppendAsync(Job, End);

        (await EventsAsync()).ShouldContain("COMPLETED");
    }

    private async Task<string> EventsAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        await using WebApplication app = builder.Build();
        new JobApi(_system, new NoCluster(), _journal, new MemoryBlobStore(), null, TimeProvider.System, NullLogger.Instance).Map(app);
        RouteEndpoint events = ((IEndpointRouteBuilder)app).DataSources
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Single(endpoint => endpoint.RoutePattern.RawText == "/jobs/{id}/events");
        using MemoryStream body = new();
        DefaultHttpContext context = new();
        context.Request.RouteValues["id"] = Job;
        context.Response.Body = body;
        await events.RequestDelegate!(context);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    private sealed class Teller : Actor
    {
        public override ValueTask OnReceiveAsync(IMessage message) => Context.ReplyAsync(new JobEvents { Events = { Epoch, End } });
    }

    private sealed class NoCluster : IClusterView
    {
        public long TableVersion => 0;

        public IReadOnlyList<NodeInfo> Nodes => [];

        public Task Changed => Task.CompletedTask;

        public NodeInfo? HostOf(ActorAddress address) => null;
    }
}

using System.Net.WebSockets;
using DistRec.Actors.Cluster.Standalone;
using DistRec.Actors.Cluster.Standalone.Protocol;
using DistRec.Contracts;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Cluster.Tests.Standalone;

/// <summary>A seed that starts an actor on a worker and then falls silent, on a connection that stays open.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Recorded<Hello> _hellos = new();
    private WebApplication? _seed;

    public async Task InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _seed = builder.Build();
        _seed.UseWebSockets();
        _seed.Map("/control", async context =>
        {
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            (Hello hello, Refusal? refusal) = await Handshake.ExamineAsync(socket, null, default);
            refusal.ShouldBeNull();
            _hellos.Add(hello);
            Welcome welcome = new() { Epoch = 1, Incarnation = _hellos.Items.Count };
            await WebSocketMessages.SendAsync(socket, new Verdict { Welcome = welcome }, default);
            await SendAsync(socket, new Frame { Sequence = 1, View = ViewOf(hello, welcome.Incarnation) });
            await SendAsync(socket, new Frame
            {
                Sequence = 2, StartShard = new StartShard { Address = new Address { Kind = "first" } },
            });
            await _over.Task;
        });
        await _seed.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _over.SetResult();
        await _seed!.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_that_hears_nothing_from_the_seed_ends_its_actors_itself_and_joins_anew()
    {
        Recorded<string> seen = new();
        await using StandaloneActorSystem worker = new(new StandaloneOptions
        {
            Role = StandaloneOptions.WorkerRole,
            SeedAddress = new Uri(_seed!.Urls.Single()),
            Messages = [ContractMessagesReflection.Descriptor],
            ComputeThreads = 1,
            HeartbeatInterval = TimeSpan.FromMilliseconds(50),
            LeaseTime = TimeSpan.FromMilliseconds(300),
            DetectionTime = TimeSpan.FromMilliseconds(500),
        });
        worker.Register(new ActorKind("first", 1, _ => new ScriptedActor((_, _) => ValueTask.CompletedTask)
        {
            Starting = (_, _) =>
            {
                seen.Add("started");
                return ValueTask.CompletedTask;
            },
            Ending = _ =>
            {
                seen.Add("told");
                return ValueTask.CompletedTask;
            },
            Disposing = () => seen.Add("disposed"),
        }));

        await worker.StartAsync().Soon();

        (await seen.WhenAsync(3)).Take(3).ShouldBe(["started", "disposed", "started"]);
        _hellos.Items[1].Incarnation.ShouldBe(0, "it joins anew and does not resume");
    }

    private static View ViewOf(Hello hello, long incarnation)
    {
        View view = new() { Version = incarnation };
        view.Members.Add(new DistRec.Actors.Cluster.Standalone.Protocol.Member { NodeId = hello.NodeId, Incarnation = incarnation, Role = hello.Role, Address = hello.Address });
        return view;
    }

    private static async Task SendAsync(WebSocket socket, Frame frame)
    {
        using MemoryStream bytes = new();
        frame.WriteDelimitedTo(bytes);
        await socket.SendAsync(bytes.ToArray(), WebSocketMessageType.Binary, true, default);
    }
}

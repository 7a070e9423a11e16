using System.Collections.Concurrent;
using DistRec.Contracts;

namespace DistRec.Actors.Akka.Tests;

/// <summary>Several nodes whose actors tell where they live.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly HashSet<AkkaActorSystem> _gone = [];
    private readonly ConcurrentDictionary<ActorAddress, int> _hosts = new();

    private TestCluster(AkkaActorSystem[] nodes) => Nodes = nodes;

    public AkkaActorSystem[] Nodes { get; }

    /// <summary>Every start of an actor, on any node.</summary>
    public Recorded<(int Node, ActorAddress Actor, StartReason Reason)> Starts { get; } = new();

    public static async Task<TestCluster> StartAsync(int count, Func<int, string>? configuration = null) =>
        new(await AkkaNodes.StartAsync(count, new EngineSettings(TimeProvider.System), configuration));

    /// <summary>Registers a kind on every node, and waits until all its actors have started.</summary>
    public async Task RegisterAsync(string kind, int shards, Func<ScriptedActor, Google.Protobuf.IMessage, ValueTask>? receive = null, string role = "")
    {
        int before = Starts.Items.Count;
        for (int number = 0; number < Nodes.Length; number++)
        {
            int node = number;
            Nodes[node].Register(new ActorKind(kind, shards, _ => new ScriptedActor(receive ?? AnswerAsync)
            {
                Starting = (actor, reason) =>
                {
                    _hosts[actor.Context.Self] = node;
                    Starts.Add((node, actor.Context.Self, reason));
                    return ValueTask.CompletedTask;
                },
            }, role));
        }

        await Starts.WhenAsync(before + shards);
    }

    /// <summary>The number of the node on which an actor started last.</summary>
    public int HostOf(ActorAddress actor) => _hosts[actor];

    /// <summary>A node that an actor does not live on.</summary>
    public int OtherThan(int node) => (node + 1) % Nodes.Length;

    /// <summary>Where a node says that its HTTP endpoints are.</summary>
    public static Uri HttpAddressOf(int node) => AkkaNodes.HttpAddressOf(node);

    /// <summary>All actors on a node.</summary>
    public ActorAddress[] ActorsOn(int node) => [.. _hosts.Where(host => host.Value == node).Select(host => host.Key)];

    public async Task CrashAsync(int node)
    {
        _gone.Add(Nodes[node]);
        await Nodes[node].CrashAsync();
    }

    public async Task LeaveAsync(int node)
    {
        _gone.Add(Nodes[node]);
        await Nodes[node].LeaveAsync();
        await Nodes[node].DisposeAsync();
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(Nodes.Except(_gone).Select(node => node.DisposeAsync().AsTask())).Soon("the stop of the nodes");

    private static ValueTask AnswerAsync(ScriptedActor actor, Google.Protobuf.IMessage message) => message is Question question
        ? actor.Context.ReplyAsync(new Answer { Number = question.Number })
        : ValueTask.CompletedTask;
}

using System.Net.WebSockets;
using DistRec.Actors.Cluster.Security;
using DistRec.Actors.Cluster.Standalone;
using DistRec.Actors.Cluster.Standalone.Protocol;
using DistRec.Contracts;
using Google.Protobuf;
using Answer = DistRec.Contracts.Answer;

namespace DistRec.Actors.Cluster.Tests.Standalone;

/// <summary>How nodes get in, come back and are put out, over real sockets.</summary>
public sealed class StandaloneMembershipTests
{
    private static readonly ClusterSecret Secret = ClusterSecret.FromText("a secret of enough characters");

    private static readonly ActorAddress First = new("first", 0);

    [Fact]
    public async Task A_node_that_does_not_know_the_secret_is_refused_and_logged_with_its_address()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(1, options => options with { Secret = Secret });
        await using StandaloneActorSystem stranger = cluster.NewWorker("stranger", options => options with { Secret = ClusterSecret.FromText("another secret, also long") });

        NodeRefusedException refusal = await stranger.StartAsync().Soon().ShouldThrowAsync<NodeRefusedException>();

        refusal.Reason.ShouldBe(RefusalReason.Secret);
        cluster.Seed.Nodes.Select(node => node.NodeId).ShouldBe(["seed", "worker-0"]);
    }

    [Fact]
    public async Task A_node_that_cannot_prove_the_secret_is_refused_even_if_it_does_not_care_who_the_seed_is()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(0, options => options with { Secret = Secret });

        Verdict verdict = await KnockAsync(cluster.Seed, Hello(), ClusterSecret.FromText("a guess of enough characters"), checksSeed: false);

        verdict.Refusal.Reason.ShouldBe(Refusal.Types.Reason.Secret);
        string line = cluster.Loggers.Lines.Items.Last(line => line.Contains("refused", StringComparison.Ordinal));
        line.ShouldContain("intruder");
        line.ShouldContain("127.0.0.1");
        line.ShouldContain("secret");
    }

    [Fact]
    public async Task A_node_of_another_protocol_version_is_refused_by_name()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(0, options => options with { Secret = Secret });
        Hello hello = Hello();
        hello.Protocol = 99;

        Verdict verdict = await KnockAsync(cluster.Seed, hello, Secret);

        verdict.Refusal.Reason.ShouldBe(Refusal.Types.Reason.Protocol);
        verdict.Refusal.Text.ShouldContain("99");
    }

    [Fact]
    public async Task A_node_with_other_kinds_is_refused_by_name()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(1);
        cluster.Register(Kind(4));
        await using StandaloneActorSystem other = cluster.NewWorker("other");
        other.Register(Kind(5));
        await using StandaloneActorSystem more = cluster.NewWorker("more");
        more.Register(Kind(4), new ActorKind("second", 1, _ => ScriptedActor.Answering()));

        NodeRefusedException differing = await other.StartAsync().Soon().ShouldThrowAsync<NodeRefusedException>();
        NodeRefusedException unknown = await more.StartAsync().Soon().ShouldThrowAsync<NodeRefusedException>();

        differing.Reason.ShouldBe(RefusalReason.Kinds);
        differing.Message.ShouldContain("\"first\" with 5 shards");
        unknown.Message.ShouldContain("second");
    }

    [Fact]
    public async Task A_node_with_the_id_or_address_of_another_is_refused_once_it_is_clear_that_the_other_lives()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(1);
        await using StandaloneActorSystem sameId = cluster.NewWorker("worker-0", Impatient);
        await using StandaloneActorSystem sameAddress =
            cluster.NewWorker("other", options => Impatient(options) with { AdvertisedAddress = cluster.Nodes[1].Address });

        NodeRefusedException id = await sameId.StartAsync().Soon().ShouldThrowAsync<NodeRefusedException>();
        NodeRefusedException address = await sameAddress.StartAsync().Soon().ShouldThrowAsync<NodeRefusedException>();

        id.Reason.ShouldBe(RefusalReason.Duplicate);
        id.Message.ShouldContain("worker-0");
        address.Reason.ShouldBe(RefusalReason.Duplicate);
        address.Message.ShouldContain("worker-0");
    }

    [Fact]
    public async Task A_node_back_within_the_grace_keeps_its_incarnation_its_actors_and_all_messages()
    {
        Recorded<StartReason> starts = new();
        Recorded<int> seen = new();
        await using TestCluster cluster = await TestCluster.StartAsync(1, options => options with
        {
            // Enough for a machine that is busy with other things.
            ReconnectGrace = TimeSpan.FromSeconds(20),
        });
        cluster.Register(new ActorKind("first", 1, _ => new ScriptedActor((_, message) =>
        {
            seen.Add(((Note)message).Number);
            return ValueTask.CompletedTask;
        })
        {
            Starting = (_, reason) =>
            {
                starts.Add(reason);
                return ValueTask.CompletedTask;
            },
        }));
        await starts.WhenAsync(1);
        long incarnation = cluster.Seed.Nodes[1].Incarnation;

        for (int round = 0; round < 5; round++)
        {
            Task[] sends =
            [
                .. Enumerable.Range(100 * round, 100).Select(number => cluster.Seed.SendAsync(First, new Note { Number = number }).AsTask()),
            ];
            cluster.Nodes[1].BreakConnection();
            await Task.WhenAll(sends).Soon();
        }

        (await seen.WhenAsync(500)).ShouldBe(Enumerable.Range(0, 500));
        starts.Items.ShouldBe([StartReason.First]);
        cluster.Seed.Nodes[1].Incarnation.ShouldBe(incarnation);
        cluster.Loggers.Lines.Items.ShouldContain(line => line.Contains("is back as incarnation", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_removed_node_hears_so_ends_its_actors_untold_and_joins_again()
    {
        Recorded<StartReason> starts = new();
        Recorded<string> ends = new();
        await using TestCluster cluster = await TestCluster.StartAsync(1, ShortGrace);
        cluster.Register(new ActorKind("first", 1, _ => new ScriptedActor((actor, message) => actor.Context.ReplyAsync(new Answer()))
        {
            Starting = (_, reason) =>
            {
                starts.Add(reason);
                return ValueTask.CompletedTask;
            },
            Ending = _ =>
            {
                ends.Add("told");
                return ValueTask.CompletedTask;
            },
            Disposing = () => ends.Add("disposed"),
        }, Role: "worker"));
        await starts.WhenAsync(1);
        long before = cluster.Seed.Nodes[1].Incarnation;

        cluster.Seed.Remove(before, "a test wants so");

        (await starts.WhenAsync(2)).ShouldBe([StartReason.First, StartReason.Relocation]);
        ends.Items.ShouldBe(["disposed"]);
        await TestCluster.WhenAsync(cluster.Seed, () => cluster.Seed.Nodes.Count == 2, "the node's return");
        cluster.Seed.Nodes[1].Incarnation.ShouldBeGreaterThan(before);
        await cluster.Seed.AskAsync<Answer>(First, new Question(), TimeSpan.FromMinutes(1)).Soon();
    }

    [Fact]
    public async Task A_removed_incarnation_cannot_be_resumed()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(0, options => options with { Secret = Secret });
        Verdict first = await KnockAsync(cluster.Seed, Hello(), Secret);
        cluster.Seed.Remove(first.Welcome.Incarnation, "a test wants so");
        Hello again = Hello();
        again.Incarnation = first.Welcome.Incarnation;
        again.Epoch = first.Welcome.Epoch;

        Verdict verdict = await KnockAsync(cluster.Seed, again, Secret);

        verdict.Refusal.Reason.ShouldBe(Refusal.Types.Reason.Removed);
    }

    [Fact]
    public async Task A_node_that_is_silent_is_removed()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(0, options => Impatient(options) with { Secret = Secret, ReconnectGrace = TimeSpan.FromSeconds(20) });
        using ClientWebSocket socket = new();

        // A node that never sends a heartbeat, on a connection that stays open.
        await KnockAsync(cluster.Seed, Hello(), Secret, socket: socket);
        await TestCluster.WhenAsync(cluster.Seed, () => cluster.Seed.Nodes.Count == 2, "the node");
        await TestCluster.WhenAsync(cluster.Seed, () => cluster.Seed.Nodes.Count == 1, "its removal");

        cluster.Loggers.Lines.Items.ShouldContain(line => line.Contains("it was silent for", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Workers_end_their_actors_when_the_seed_is_gone_and_join_the_next()
    {
        Recorded<string> seen = new();
        ActorKind Kind() => new("first", 1, _ => new ScriptedActor((actor, _) => actor.Context.ReplyAsync(new Answer()))
        {
            Starting = (_, reason) =>
            {
                seen.Add($"started {reason}");
                return ValueTask.CompletedTask;
            },
            Disposing = () => seen.Add("disposed"),
        }, Role: "worker");
        await using TestCluster cluster = await TestCluster.StartAsync(1, ShortGrace);
        cluster.Register(Kind());
        await seen.WhenAsync(1);
        StandaloneActorSystem worker = cluster.Nodes[1];
        Uri address = cluster.Seed.Address;
        await cluster.Seed.DisposeAsync().Soon();

        await seen.WhenAsync(2);
        worker.Nodes.ShouldBeEmpty();
        await using StandaloneActorSystem next = new(ShortGrace(new StandaloneOptions
        {
            Role = StandaloneOptions.SeedRole,
            Listen = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, address.Port),
            Messages = [ContractMessagesReflection.Descriptor],
        }));
        next.Register(Kind());
        await next.StartAsync().Soon();

        await seen.WhenAsync(3);
        seen.Items[1].ShouldBe("disposed");
        await next.AskAsync<Answer>(First, new Question(), TimeSpan.FromMinutes(1)).Soon();
    }

    /// <summary>Of a broken connection there is no doubt, however busy the machine.</summary>
    private static StandaloneOptions ShortGrace(StandaloneOptions options) => options with
    {
        HeartbeatInterval = TimeSpan.FromMilliseconds(100),
        ReconnectGrace = TimeSpan.FromMilliseconds(200),
    };

    /// <summary>Takes a short silence for death, which on a busy machine it may not be.</summary>
    private static StandaloneOptions Impatient(StandaloneOptions options) => ShortGrace(options) with
    {
        LeaseTime = TimeSpan.FromMilliseconds(600),
        DetectionTime = TimeSpan.FromMilliseconds(800),
    };

    private static ActorKind Kind(int shards) => new("first", shards, _ => ScriptedActor.Answering());

    private static Hello Hello() => new()
    {
        Protocol = Handshake.ProtocolVersion, NodeId = "intruder", Role = "worker", Address = "http://127.0.0.1:9/", Version = "1",
    };

    /// <summary>Speaks the node's part of the handshake.</summary>
    private static async Task<Verdict> KnockAsync(
        StandaloneActorSystem seed, Hello hello, ClusterSecret secret, bool checksSeed = true, ClientWebSocket? socket = null)
    {
        using ClientWebSocket own = new();
        socket ??= own;
        UriBuilder address = new(new Uri(seed.Address, "/control")) { Scheme = "ws" };
        await socket.ConnectAsync(address.Uri, default).Soon();
        hello.Nonce = ByteString.CopyFrom(HandshakeProof.NewNonce());
        byte[] bytes = hello.ToByteArray();
        await WebSocketMessages.SendAsync(socket, hello, default).Soon();
        Challenge challenge = Challenge.Parser.ParseFrom(await WebSocketMessages.ReceiveAsync(socket, 100_000, default).Soon());
        if (checksSeed)
        {
            challenge.Proof.ToByteArray().ShouldBe(HandshakeProof.OfSeed(secret, bytes, challenge.Nonce.Span));
        }

        Proof proof = new() { Proof_ = ByteString.CopyFrom(HandshakeProof.OfNode(secret, bytes, challenge.Nonce.Span)) };
        await WebSocketMessages.SendAsync(socket, proof, default).Soon();
        return Verdict.Parser.ParseFrom(await WebSocketMessages.ReceiveAsync(socket, 100_000, default).Soon());
    }
}

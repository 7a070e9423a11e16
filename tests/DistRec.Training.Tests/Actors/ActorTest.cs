using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DistRec.Training.Actors;
using DistRec.Training.Compute;
using DistRec.Training.Tests.Journal;
using Google.Protobuf;

namespace DistRec.Training.Tests.Actors;

/// <summary>A quiet actor system whose timers go by a clock that the test moves.</summary>
public abstract class ActorTest : TestKit
{
    /// <summary>No waiting of a test takes longer, unless something is broken.</summary>
    private protected static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private const string Quiet = """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          test.single-expect-default = 30s
          scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        }
        """;

    private readonly ComputePool _compute = new(1);

    protected ActorTest()
        : base(Quiet)
    {
        Users = CreateTestProbe("users");
        Items = CreateTestProbe("items");
        Parameters = CreateTestProbe("parameters");
        Node = new NodeResources(Blocks, _compute) { NewIncarnation = () => (ulong)Interlocked.Increment(ref _incarnations) };
    }

    private long _incarnations = 100;

    private protected SkippingTime Time { get; } = new();

    private protected FaultyBlocks Blocks { get; } = new();

    private protected NodeResources Node { get; }

    /// <summary>Stands in the place of a region.</summary>
    protected TestProbe Users { get; }

    /// <inheritdoc cref="Users"/>
    protected TestProbe Items { get; }

    /// <inheritdoc cref="Users"/>
    protected TestProbe Parameters { get; }

    private protected PartitionRegions Regions => new(Users, Items, Parameters);

    /// <summary>Lets time pass, for timers and for the clock that actors read.</summary>
    protected void Advance(TimeSpan time)
    {
        Time.Advance(time);
        ((TestScheduler)Sys.Scheduler).Advance(time);
    }

    /// <summary>The next message to a partition; pings between are left out.</summary>
    private protected static T ExpectSent<T>(TestProbe region)
        where T : IMessage =>
        ((PartitionEnvelope)region.FishForMessage(message => message is PartitionEnvelope { Message: T })).Message.ShouldBeOfType<T>();

    private protected static RoundReport Report(RunRound command, PartitionId who, ulong incarnation = 7) =>
        new() { Job = command.Job, Round = command.Round, Partition = PartitionName.Of(who), Incarnation = incarnation };

    protected override void AfterAll()
    {
        base.AfterAll();
        _compute.Dispose();
        Blocks.Dispose();
    }
}

/// <summary>The exchange of one process, which fails when the test says so and notes what is dropped.</summary>
internal sealed class FaultyBlocks : IBlockExchange, IDisposable
{
    private readonly LocalBlockExchange _blocks = new();

    /// <summary>Thrown by the next call that drops rounds.</summary>
    public Exception? Failure { get; set; }

    public System.Collections.Concurrent.ConcurrentQueue<string> DroppedJobs { get; } = new();

    public string Endpoint => "http://here/";

    public void Publish(BlockKey key, IBlock block) => _blocks.Publish(key, block);

    public ValueTask<TBlock> PullAsync<TBlock>(string endpoint, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken = default)
        where TBlock : IBlock =>
        _blocks.PullAsync(endpoint, key, reader, cancellationToken);

    public void DropThrough(string job, long round)
    {
        if (Failure is { } failure)
        {
            Failure = null;
            throw failure;
        }

        _blocks.DropThrough(job, round);
    }

    public void DropJob(string job)
    {
        DroppedJobs.Enqueue(job);
        _blocks.DropJob(job);
    }

    public void Dispose() => _blocks.Dispose();
}

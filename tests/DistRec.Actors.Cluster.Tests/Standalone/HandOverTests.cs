using DistRec.Actors.Cluster.Standalone;
using DistRec.Actors.Cluster.Standalone.Protocol;
using DistRec.Contracts;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Actors.Cluster.Tests.Standalone;

public sealed class HandOverTests
{
    private static readonly Address First = new() { Kind = "first" };

    /// <summary>
    /// A message that got room in the very moment in which its receiver was handed over was reported to its sender after
    /// the last word of the leaving node: too late, so the sender was told that it failed, while it had been delivered.
    /// </summary>
    [Fact]
    public async Task Every_sender_is_told_what_became_of_its_message_before_its_receiver_counts_as_handed_over()
    {
        using ComputePool compute = new(1);
        for (int round = 0; round < 40; round++)
        {
            NodeRuntime node = new(
                new StandaloneOptions { Role = StandaloneOptions.WorkerRole, Messages = [ContractMessagesReflection.Descriptor] }, compute, NullLogger.Instance);
            Recorded<Note> seen = new();
            node.Register([new ActorKind("first", 1, _ => new ScriptedActor(async (_, message) =>
            {
                await Task.Yield();
                seen.Add((Note)message);
            })) { MailboxCapacity = 1 }]);
            Link link = new();
            node.Joined(link, 1);
            node.Receive(link, new Frame { StartShard = new StartShard { Address = First } });
            for (int number = 0; number < 30; number++)
            {
                node.Receive(link, new Frame { Deliver = Deliver(number) });
            }

            await seen.WhenAsync(round % 8);
            link.IsSlow = true;
            node.Receive(link, new Frame { ReleaseShard = new ReleaseShard { Address = First } });
            await link.Released.Soon("the hand-over");

            IReadOnlyList<Frame> said = link.Frames.Items;
            said[^1].ContentCase.ShouldBe(Frame.ContentOneofCase.ShardReleased);
            long[] accepted = [.. said.Where(frame => frame.Answer is not null).Select(frame => frame.Answer.Correlation)];
            long[] sentBack = [.. said.Where(frame => frame.Bounce is not null).Select(frame => frame.Bounce.Deliver).Where(deliver => !deliver.IsAccepted).Select(deliver => deliver.Correlation)];
            accepted.Concat(sentBack).Order().ShouldBe(Enumerable.Range(0, 30).Select(number => (long)number));
        }
    }

    private static Deliver Deliver(int number) => new()
    {
        Origin = 2,
        Correlation = number,
        To = First,
        Message = MessageTypes.Write(new Note { Number = number }),
        RoomWaitTicks = TimeSpan.FromMinutes(1).Ticks,
    };

    private sealed class Link : IFrameSink
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Recorded<Frame> Frames { get; } = new();

        public Task Released => _released.Task;

        /// <summary>Whether answers are held up for a while, so that what does not wait for them overtakes them.</summary>
        public bool IsSlow { get; set; }

        public void Send(Frame frame)
        {
            if (IsSlow && frame.ContentCase == Frame.ContentOneofCase.Answer)
            {
                _released.Task.Wait(TimeSpan.FromMilliseconds(20));
            }

            Frames.Add(frame);
            if (frame.ContentCase == Frame.ContentOneofCase.ShardReleased)
            {
                _released.TrySetResult();
            }
        }
    }
}

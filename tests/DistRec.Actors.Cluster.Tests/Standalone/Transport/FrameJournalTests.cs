using DistRec.Actors.Cluster.Standalone;
using DistRec.Actors.Cluster.Standalone.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace DistRec.Actors.Cluster.Tests.Standalone.Transport;

public sealed class FrameJournalTests
{
    [Fact]
    public void A_frame_that_comes_twice_counts_once()
    {
        FrameJournal journal = new();

        journal.Receive(new Frame { Sequence = 1 }).ShouldBeTrue();
        journal.Receive(new Frame { Sequence = 1 }).ShouldBeFalse();
    }

    [Fact]
    public void A_gap_is_an_error_by_name()
    {
        FrameJournal journal = new();

        Should.Throw<InvalidDataException>(() => journal.Receive(new Frame { Sequence = 2 })).Message.ShouldContain("Frame 1");
    }

    [Fact]
    public void Frames_are_kept_until_the_other_side_has_them()
    {
        FrameJournal journal = new();
        journal.Add(Numbered(1));
        journal.Add(Numbered(2));
        journal.Next();
        journal.Next();

        journal.Receive(new Frame { Acknowledged = 1 });
        journal.IsAcknowledged.ShouldBeFalse();
        journal.Receive(new Frame { Acknowledged = 2 });

        journal.IsAcknowledged.ShouldBeTrue();
    }

    [Fact]
    public void A_transient_frame_does_not_outlive_its_connection()
    {
        FrameJournal journal = new();
        journal.AddTransient(Numbered(1));

        journal.Resume(0);

        journal.Next().ShouldBeNull();
    }

    /// <summary>Draws: 0–6 sends and carries one frame, 7 loses what is on its way and connects again.</summary>
    [Fact]
    public void All_frames_arrive_once_and_in_order_however_often_the_connection_breaks() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, 7).ListOf()), draws =>
        {
            FrameJournal sender = new();
            FrameJournal receiver = new();
            Queue<Frame> wire = new();
            List<long> arrived = [];
            int sent = 0;
            void Carry()
            {
                if (wire.TryDequeue(out Frame? frame) && receiver.Receive(frame))
                {
                    arrived.Add(frame.Heartbeat.Number);
                }
            }

            foreach (int draw in draws)
            {
                if (draw == 7)
                {
                    wire.Clear();
                    sender.Resume(receiver.Received);
                    continue;
                }

                sender.Add(Numbered(++sent));
                for (int write = 0; write < draw && sender.Next() is { } frame; write++)
                {
                    wire.Enqueue(frame);
                }

                for (int carry = 0; carry < draw / 2; carry++)
                {
                    Carry();
                }
            }

            while (sender.Next() is { } frame)
            {
                wire.Enqueue(frame);
            }

            while (wire.Count > 0)
            {
                Carry();
            }

            arrived.ShouldBe(Enumerable.Range(1, sent).Select(number => (long)number));
        }).QuickCheckThrowOnFailure();

    private static Frame Numbered(int number) => new() { Heartbeat = new Heartbeat { Number = number } };
}

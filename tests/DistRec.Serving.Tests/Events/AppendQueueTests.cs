using DistRec.Serving.Events;

namespace DistRec.Serving.Tests.Events;

public sealed class AppendQueueTests
{
    [Fact]
    public void What_comes_while_a_commit_is_under_way_goes_into_the_next_one_together()
    {
        AppendQueue<string> queue = new(100, 50);
        queue.Begin().ShouldBeEmpty();
        queue.TryAdd("a", SomeEvents.Views(1)).ShouldBeTrue();

        Senders(queue.Begin()).ShouldBe(["a"]);
        queue.TryAdd("b", SomeEvents.Views(2)).ShouldBeTrue();
        queue.TryAdd("c", SomeEvents.Views(3)).ShouldBeTrue();
        queue.Begin().ShouldBeEmpty("one is under way");

        Senders(queue.End()).ShouldBe(["a"]);
        Senders(queue.Begin()).ShouldBe(["b", "c"]);
        Senders(queue.End()).ShouldBe(["b", "c"]);
        queue.Held.ShouldBe(0);
        queue.Begin().ShouldBeEmpty();
    }

    [Fact]
    public void A_commit_takes_whole_requests_until_it_has_enough()
    {
        AppendQueue<string> queue = new(100, 10);
        foreach ((string sender, int count) in new[] { ("a", 9), ("b", 20), ("c", 10), ("d", 1) })
        {
            queue.TryAdd(sender, SomeEvents.Views(count)).ShouldBeTrue();
        }

        Senders(queue.Begin()).ShouldBe(["a", "b"]);
        queue.End();
        Senders(queue.Begin()).ShouldBe(["c"]);
        queue.End();
        Senders(queue.Begin()).ShouldBe(["d"]);
    }

    [Fact]
    public void There_is_room_for_so_many_events_and_no_more_those_under_way_among_them()
    {
        AppendQueue<string> queue = new(10, 5);
        queue.TryAdd("a", SomeEvents.Views(6)).ShouldBeTrue();
        queue.TryAdd("b", SomeEvents.Views(5)).ShouldBeFalse();
        queue.TryAdd("c", SomeEvents.Views(4)).ShouldBeTrue();

        Senders(queue.Begin()).ShouldBe(["a"]);
        queue.TryAdd("d", SomeEvents.Views(1)).ShouldBeFalse("those under way are not stored yet");

        queue.End();
        queue.TryAdd("d", SomeEvents.Views(6)).ShouldBeTrue();
        queue.Held.ShouldBe(10);
    }

    [Fact]
    public void Whoever_waits_when_it_closes_is_named()
    {
        AppendQueue<string> queue = new(10, 1);
        queue.TryAdd("a", SomeEvents.Views(1));
        queue.Begin();
        queue.TryAdd("b", SomeEvents.Views(1));

        Senders(queue.Close()).ShouldBe(["a", "b"]);

        queue.Held.ShouldBe(0);
        queue.Close().ShouldBeEmpty();
    }

    private static IEnumerable<string> Senders(IEnumerable<AppendQueue<string>.Append> appends) => appends.Select(append => append.Sender);
}

namespace DistRec.Training.Tests.Coordination;

public sealed class JobFeedTests
{
    private readonly JobFeed _feed = new(10);

    [Fact]
    public void Events_are_numbered_after_the_last_one_and_written_one_at_a_time()
    {
        _feed.Add([Note("a"), Note("b")]);
        JobEvent first = _feed.Next().ShouldNotBeNull();
        (first.Sequence, first.Note.Text).ShouldBe((11, "a"));
        _feed.Next().ShouldBeNull("the first is being written");
        _feed.Written(first);
        _feed.Next().ShouldNotBeNull().Sequence.ShouldBe(12);
    }

    [Fact]
    public void An_event_is_shown_only_when_it_is_written()
    {
        _feed.Watch(new JobWatcher("somebody", 10, TimeSpan.FromSeconds(1)));
        _feed.Add([Note("a")]);
        JobEvent first = _feed.Next().ShouldNotBeNull();
        _feed.Answers(TimeSpan.Zero).ShouldBeEmpty();
        _feed.Written(first);
        (object watcher, JobEvents events) = _feed.Answers(TimeSpan.Zero).Single();
        watcher.ShouldBe("somebody");
        events.Events.ShouldBe([first]);
        _feed.Answers(TimeSpan.FromHours(1)).ShouldBeEmpty("he was answered");
    }

    [Fact]
    public void Progress_that_is_not_written_gives_way_to_newer_progress_and_to_nothing_else()
    {
        _feed.Add([Progress(0.1), Progress(0.2), Note("a"), Progress(0.3)]);
        WriteAll().Select(jobEvent => jobEvent.Sequence).ShouldBe([12, 13, 14]);
    }

    [Fact]
    public void Whoever_lags_gets_no_progress_but_the_newest_of_each_stretch()
    {
        foreach (double fraction in new[] { 0.1, 0.2, 0.3 })
        {
            _feed.Add([Progress(fraction)]);
            WriteAll();
        }

        _feed.Watch(new JobWatcher("somebody", 0, TimeSpan.Zero));
        _feed.Answers(TimeSpan.Zero).Single().Events.Events.Select(jobEvent => jobEvent.Progress.Fraction).ShouldBe([0.3]);
    }

    [Fact]
    public void Whoever_watches_is_answered_without_events_when_the_wait_is_over()
    {
        _feed.Watch(new JobWatcher("patient", 10, TimeSpan.FromSeconds(5)));
        _feed.Watch(new JobWatcher("hasty", 10, TimeSpan.FromSeconds(1)));
        _feed.Answers(TimeSpan.FromMilliseconds(999)).ShouldBeEmpty();
        (object watcher, JobEvents events) = _feed.Answers(TimeSpan.FromSeconds(1)).Single();
        watcher.ShouldBe("hasty");
        events.ShouldBe(new JobEvents());
        _feed.Answers(TimeSpan.FromSeconds(5)).Single().Watcher.ShouldBe("patient");
    }

    [Fact]
    public void A_reply_has_a_hundred_events_at_most_and_the_next_one_goes_on()
    {
        _feed.Add(Enumerable.Range(0, 150).Select(number => Note($"{number}")));
        WriteAll();
        _feed.Watch(new JobWatcher("somebody", 0, TimeSpan.Zero));
        JobEvents first = _feed.Answers(TimeSpan.Zero).Single().Events;
        first.Events.Count.ShouldBe(100);
        _feed.Watch(new JobWatcher("somebody", first.Events[^1].Sequence, TimeSpan.Zero));
        _feed.Answers(TimeSpan.Zero).Single().Events.Events.Select(jobEvent => jobEvent.Sequence).ShouldBe(
            Enumerable.Range(111, 50).Select(sequence => (long)sequence));
    }

    private List<JobEvent> WriteAll()
    {
        List<JobEvent> written = [];
        while (_feed.Next() is { } next)
        {
            _feed.Written(next);
            written.Add(next);
        }

        return written;
    }

    private static JobEvent Note(string text) => new() { Note = new Note { Text = text } };

    private static JobEvent Progress(double fraction) => new() { Progress = new DistRec.Training.Protocol.Progress { Fraction = fraction } };
}

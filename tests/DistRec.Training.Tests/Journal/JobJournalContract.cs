using DistRec.Models.Als;
using DistRec.Training.Journal;

namespace DistRec.Training.Tests.Journal;

/// <summary>What a journal promises, in whatever database it is.</summary>
public abstract class JobJournalContract : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly SteppingTime _time = new();

    protected JobJournal Journal { get; private set; } = null!;

    /// <summary>Names a journal that is empty at first, and the same one throughout a test.</summary>
    protected abstract string Setting { get; }

    public virtual async Task InitializeAsync() => Journal = await JobJournal.OpenAsync(Setting, _time);

    public virtual async Task DisposeAsync()
    {
        if (Journal is not null)
        {
            await Journal.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task A_job_is_found_as_it_was_given()
    {
        JobSpec spec = Spec("a");

        JobEntry entry = await Journal.EnqueueAsync(spec, "Anna's \"night\" run; DROP TABLE jobs");

        entry.ShouldBe(new JobEntry(
            "a", "Anna's \"night\" run; DROP TABLE jobs", spec, JobState.Submitted, "", false, SteppingTime.At(1), null, SteppingTime.At(1), entry.Order, 0));
        (await Journal.FindAsync("a")).ShouldBe(entry);
        (await Journal.ListAsync()).ShouldBe([entry]);
        (await Journal.FindAsync("b")).ShouldBeNull();
        (await Journal.EventsAsync("b")).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task The_queue_keeps_the_order_in_which_jobs_were_given()
    {
        (await Journal.PendingAsync()).ShouldBeEmpty();
        foreach (string job in new[] { "c", "a", "b" })
        {
            await Journal.EnqueueAsync(Spec(job), "");
        }

        (await Journal.ListAsync()).Select(entry => entry.Job).ShouldBe(["c", "a", "b"]);
        foreach ((string job, JobState end) in new[] { ("c", JobState.Completed), ("a", JobState.Failed), ("b", JobState.Cancelled) })
        {
            (await Journal.PendingAsync())[0].Job.ShouldBe(job);
            await Journal.AppendAsync(job, State(1, JobState.Training));
            (await Journal.PendingAsync())[0].Job.ShouldBe(job, "what runs goes on first");
            await Journal.AppendAsync(job, State(2, end));
        }

        (await Journal.PendingAsync()).ShouldBeEmpty();
        await Journal.EnqueueAsync(Spec("0"), "");
        (await Journal.ListAsync()).Select(entry => entry.Job).ShouldBe(["c", "a", "b", "0"]);
    }

    [SkippableFact]
    public async Task A_job_given_again_is_the_one_that_is_there_and_another_of_its_id_is_refused()
    {
        JobEntry first = await Journal.EnqueueAsync(Spec("a"), "name");

        (await Journal.EnqueueAsync(Spec("a"), "name")).ShouldBe(first);
        (await Should.ThrowAsync<JobExistsException>(() => Journal.EnqueueAsync(Spec("a"), "other name"))).Job.ShouldBe("a");
        JobExistsException refused = await Should.ThrowAsync<JobExistsException>(() => Journal.EnqueueAsync(new JobSpec { Job = "a", Epochs = 7 }, "name"));

        refused.Message.ShouldStartWith(Journal.Place);
        (await Journal.ListAsync()).ShouldBe([first]);
    }

    [SkippableFact]
    public async Task A_job_is_found_in_the_shards_that_its_queue_chose_and_may_still_be_given_again()
    {
        long term = await Journal.BeginTermAsync();
        await Journal.EnqueueAsync(Spec("a"), "");
        JobSpec placed = Spec("a");
        placed.FirstShard = 3;

        await Journal.PlaceAsync(placed, term);

        (await Journal.FindAsync("a"))!.Spec.ShouldBe(placed);
        (await Journal.EnqueueAsync(Spec("a"), "")).Spec.FirstShard.ShouldBe(3, "where it lives is no part of what was submitted");
        await Journal.BeginTermAsync();
        await Should.ThrowAsync<SupersededException>(() => Journal.PlaceAsync(Spec("a"), term));
        (await Journal.FindAsync("a"))!.Spec.ShouldBe(placed);
    }

    [SkippableFact]
    public async Task Events_bring_states_with_their_times_and_reasons()
    {
        await Journal.EnqueueAsync(Spec("a"), "");
        await Journal.AppendAsync("a", State(1, JobState.Submitted));
        (await Journal.FindAsync("a"))!.Started.ShouldBeNull();

        await Journal.AppendAsync("a", State(2, JobState.Loading));
        DateTimeOffset started = (await Journal.FindAsync("a"))!.Started.ShouldNotBeNull();
        await Journal.AppendAsync("a", new JobEvent { Sequence = 3, Epoch = new EpochFinished { Epoch = 1, TrainRmse = 0.1 + 0.2 } });
        await Journal.AppendAsync("a", State(9, JobState.Failed, "the disk is full"));

        JobEntry entry = (await Journal.FindAsync("a"))!;
        (entry.State, entry.Reason, entry.HasEnded, entry.LastSequence).ShouldBe((JobState.Failed, "the disk is full", true, 9));
        entry.Started.ShouldBe(started);
        entry.Created.ShouldBeLessThan(started);
        entry.Updated.ShouldBeGreaterThan(started);
    }

    [SkippableFact]
    public async Task Events_are_read_in_order_from_where_one_was()
    {
        await Journal.EnqueueAsync(Spec("a"), "");
        await Journal.EnqueueAsync(Spec("b"), "");
        JobEvent[] events = [State(1, JobState.Loading), new() { Sequence = 10, Note = new Note { Text = "ten — ü" } }, State(2, JobState.Training)];
        foreach (JobEvent jobEvent in events)
        {
            await Journal.AppendAsync("a", jobEvent);
        }

        await Journal.AppendAsync("b", State(4, JobState.Loading));

        (await Journal.EventsAsync("a")).ShouldBe([events[0], events[2], events[1]]);
        (await Journal.EventsAsync("a", 1)).ShouldBe([events[2], events[1]]);
        (await Journal.EventsAsync("a", 10)).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task An_event_appended_again_takes_its_own_place_and_progress_leaves_no_trace()
    {
        await Journal.EnqueueAsync(Spec("a"), "");
        await Journal.AppendAsync("a", State(1, JobState.Loading));
        await Journal.AppendAsync("a", State(1, JobState.Training));
        await Journal.AppendAsync("a", new JobEvent { Sequence = 2, Progress = new DistRec.Training.Protocol.Progress { Epoch = 1 } });

        (await Journal.EventsAsync("a")).ShouldBe([State(1, JobState.Training)]);
        (await Journal.FindAsync("a"))!.LastSequence.ShouldBe(1);
    }

    [SkippableFact]
    public async Task A_wish_to_cancel_is_seen_until_the_job_has_ended()
    {
        await Journal.EnqueueAsync(Spec("a"), "");

        (await Journal.RequestCancelAsync("a")).ShouldBeTrue();
        (await Journal.RequestCancelAsync("a")).ShouldBeTrue();
        (await Journal.PendingAsync())[0].CancelRequested.ShouldBeTrue();

        await Journal.AppendAsync("a", State(1, JobState.Cancelled));
        (await Journal.RequestCancelAsync("a")).ShouldBeFalse();
        await Journal.EnqueueAsync(Spec("b"), "");
        await Journal.AppendAsync("b", State(1, JobState.Completed));
        (await Journal.RequestCancelAsync("b")).ShouldBeFalse();
        (await Journal.FindAsync("b"))!.CancelRequested.ShouldBeFalse();
    }

    [SkippableFact]
    public async Task What_is_said_of_an_unknown_job_is_refused_by_name()
    {
        (await Should.ThrowAsync<UnknownJobException>(() => Journal.AppendAsync("a", State(1, JobState.Loading)))).Job.ShouldBe("a");
        UnknownJobException refused = await Should.ThrowAsync<UnknownJobException>(() => Journal.RequestCancelAsync("a"));

        refused.Message.ShouldStartWith(Journal.Place);
        refused.Message.ShouldContain("check the id");
    }

    [SkippableFact]
    public async Task Several_openers_share_a_journal_and_no_place_in_the_queue_is_given_twice()
    {
        JobJournal[] journals = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => JobJournal.OpenAsync(Setting, TimeProvider.System))).WaitAsync(Bound);

        await Task.WhenAll(journals.SelectMany((journal, opener) => Enumerable.Range(0, 5).Select(number => Task.Run(async () =>
        {
            await journal.EnqueueAsync(Spec($"{opener}-{number}"), "");
            await journal.AppendAsync($"{opener}-{number}", State(1, JobState.Loading));
        })))).WaitAsync(Bound);

        IReadOnlyList<JobEntry> entries = await Journal.ListAsync();
        entries.Count.ShouldBe(20);
        entries.Select(entry => entry.Order).Distinct().Count().ShouldBe(20);
        entries.ShouldAllBe(entry => entry.State == JobState.Loading);
        foreach (JobJournal journal in journals)
        {
            await journal.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task What_an_earlier_queue_tells_of_its_jobs_is_refused_by_name_and_leaves_no_trace()
    {
        await Journal.EnqueueAsync(Spec("a"), "");
        long first = await Journal.BeginTermAsync();
        JobEvent loading = State(JobTerm.FirstNumber(first), JobState.Loading);
        await Journal.AppendAsync("a", loading);
        await Journal.RequireNewestAsync(first);
        long second = await Journal.BeginTermAsync();
        JobEntry before = (await Journal.FindAsync("a"))!;

        SupersededException refused = await Should.ThrowAsync<SupersededException>(
            () => Journal.AppendAsync("a", State(JobTerm.FirstNumber(first) + 1, JobState.Failed, "its tables are gone")));
        await Should.ThrowAsync<SupersededException>(() => Journal.RequireNewestAsync(first));

        refused.Message.ShouldStartWith(Journal.Place);
        refused.Term.ShouldBe(first);
        Journal.Trouble.ShouldBeNull("nothing is wrong with it");
        (await Journal.FindAsync("a")).ShouldBe(before);
        (await Journal.EventsAsync("a")).ShouldBe([loading]);
        await Journal.RequireNewestAsync(second);
        await Journal.AppendAsync("a", State(JobTerm.FirstNumber(second), JobState.Completed));
        (await Journal.FindAsync("a"))!.Term.ShouldBe(second);
    }

    [SkippableFact]
    public async Task Queues_that_begin_at_the_same_time_have_terms_of_their_own_that_outlive_the_journals_opener()
    {
        JobJournal[] journals = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => JobJournal.OpenAsync(Setting, TimeProvider.System))).WaitAsync(Bound);
        long[] terms = await Task.WhenAll(journals.SelectMany(journal => Enumerable.Range(0, 5).Select(_ => Task.Run(() => journal.BeginTermAsync()))))
            .WaitAsync(Bound);
        foreach (JobJournal journal in journals)
        {
            await journal.DisposeAsync();
        }

        terms.Order().ShouldBe(Enumerable.Range(1, 20).Select(term => (long)term));
        await using JobJournal again = await JobJournal.OpenAsync(Setting, TimeProvider.System);
        (await again.BeginTermAsync()).ShouldBe(21);
    }

    [SkippableFact]
    public async Task However_busy_an_earlier_queue_is_nothing_of_it_is_noted_after_a_later_one_has_begun()
    {
        const int Numbers = 5;
        await Journal.EnqueueAsync(Spec("a"), "");
        JobJournal[] journals = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => JobJournal.OpenAsync(Setting, TimeProvider.System))).WaitAsync(Bound);
        for (int round = 0; round < 20; round++)
        {
            long first = JobTerm.FirstNumber(await Journal.BeginTermAsync());
            Task<int>[] writers = [.. journals.Select((journal, writer) => Task.Run(() => AppendAsync(journal, first + writer * Numbers)))];

            await Journal.BeginTermAsync().WaitAsync(Bound);
            IReadOnlyList<JobEvent> noted = await Journal.EventsAsync("a", first - 1);

            (await Task.WhenAll(writers).WaitAsync(Bound)).Sum().ShouldBe(noted.Count);
            (await Journal.EventsAsync("a", first - 1)).ShouldBe(noted);
        }

        foreach (JobJournal journal in journals)
        {
            await journal.DisposeAsync();
        }

        static async Task<int> AppendAsync(JobJournal journal, long first)
        {
            for (int number = 0; number < Numbers; number++)
            {
                try
                {
                    await journal.AppendAsync("a", new JobEvent { Sequence = first + number, Note = new Note() });
                }
                catch (SupersededException)
                {
                    return number;
                }
            }

            return Numbers;
        }
    }

    [SkippableFact]
    public async Task What_was_noted_is_there_for_the_next_opener()
    {
        JobEntry entry = await Journal.EnqueueAsync(Spec("a"), "name");
        await Journal.DisposeAsync();

        await using JobJournal again = await JobJournal.OpenAsync(Setting, _time);

        (await again.FindAsync("a")).ShouldBe(entry);
    }

    [SkippableFact]
    public async Task A_job_of_one_process_alone_begins_afresh()
    {
        Journal.Begin(Spec("a"));
        Journal.Append("a", State(1, JobState.Training, "because"));
        Journal.Find("a").ShouldBe((JobState.Training, "because"));
        await Journal.RequestCancelAsync("a");

        Journal.Begin(Spec("a"));

        Journal.Events("a").ShouldBeEmpty();
        JobEntry entry = (await Journal.FindAsync("a"))!;
        (entry.State, entry.Reason, entry.CancelRequested).ShouldBe((JobState.Submitted, "", false));
    }

    [SkippableFact]
    public async Task A_writer_that_is_killed_leaves_every_event_that_was_taken_and_a_journal_that_goes_on()
    {
        using ChildProcess writer = JournalProcess.Append(Setting);

        long taken = long.Parse((await writer.KillAfterAsync("25").WaitAsync(Bound))[^1]);

        IReadOnlyList<JobEvent> events = await Journal.EventsAsync(JournalProcess.Job).WaitAsync(Bound);
        events.Count.ShouldBeGreaterThanOrEqualTo((int)taken);
        events.ShouldBe(Enumerable.Range(1, events.Count).Select(sequence => JournalProcess.Event(sequence)));
        (await Journal.FindAsync(JournalProcess.Job))!.Reason.ShouldBe($"at {events.Count}");
        await Journal.AppendAsync(JournalProcess.Job, State(events.Count + 1, JobState.Completed)).WaitAsync(Bound);
    }

    [SkippableFact]
    public async Task A_writer_that_is_killed_amid_a_transaction_leaves_nothing_of_it()
    {
        using ChildProcess writer = JournalProcess.StopHalfway(Setting);
        await writer.KillAfterAsync(JournalProcess.Half).WaitAsync(Bound);

        await Journal.AppendAsync(JournalProcess.Job, new JobEvent { Sequence = 3, Note = new Note() }).WaitAsync(Bound);

        (await Journal.EventsAsync(JournalProcess.Job)).Select(jobEvent => jobEvent.Sequence).ShouldBe([1, 3]);
        (await Journal.FindAsync(JournalProcess.Job))!.State.ShouldBe(JobState.Training);
    }

    [SkippableFact]
    public async Task A_job_that_has_ended_can_be_forgotten_and_no_other()
    {
        await Journal.EnqueueAsync(Spec("ended"), "");
        await Journal.EnqueueAsync(Spec("waiting"), "");
        await Journal.AppendAsync("ended", State(1, JobState.Completed));
        await Journal.AppendAsync("waiting", State(1, JobState.Training));

        (await Journal.RemoveAsync("ended")).ShouldBeTrue();
        (await Journal.RemoveAsync("waiting")).ShouldBeFalse();
        (await Journal.RemoveAsync("never there")).ShouldBeTrue();

        (await Journal.ListAsync()).Select(entry => entry.Job).ShouldBe(["waiting"]);
        (await Journal.EventsAsync("ended")).ShouldBeEmpty();
        (await Journal.EventsAsync("waiting")).Count.ShouldBe(1);
        (await Journal.EnqueueAsync(Spec("ended"), "again")).LastSequence.ShouldBe(0);
    }

    protected static JobSpec Spec(string job) => new()
    {
        Job = job,
        Model = ModelSpec.Of(new AlsOptions { Rank = 8, Regularization = 0.1f, Seed = ulong.MaxValue }),
        Epochs = 3,
        RatingUnit = 1, RatingDeviation = 1.0 / 3,
        UserStarts = { 0, 5, 10 },
    };

    protected static JobEvent State(long sequence, JobState state, string reason = "") =>
        new() { Sequence = sequence, State = new StateChanged { State = state, Reason = reason } };

    /// <summary>A clock that goes on by a second whenever it is read.</summary>
    private sealed class SteppingTime : TimeProvider
    {
        private int _seconds;

        public static DateTimeOffset At(int seconds) => new DateTimeOffset(2024, 2, 29, 23, 59, 0, TimeSpan.Zero).AddSeconds(seconds);

        public override DateTimeOffset GetUtcNow() => At(Interlocked.Increment(ref _seconds));
    }
}

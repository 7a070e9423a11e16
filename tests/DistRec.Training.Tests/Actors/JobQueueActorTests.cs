using Akka.Actor;
using Akka.TestKit;
using DistRec.Training.Actors;
using DistRec.Training.Journal;
using DistRec.Training.Tests.Coordination;
using DistRec.Training.Tests.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Training.Tests.Actors;

public sealed class JobQueueActorTests : ActorTest
{
    // The kit would look again every three seconds only.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    private readonly ScriptedJournal _journal = new();
    private readonly List<(string Job, IActorRef Coordinator)> _seen = [];
    private readonly TestProbe _started;

    public JobQueueActorTests() => _started = CreateTestProbe("started");

    [Fact]
    public void As_many_jobs_run_at_once_as_may_and_the_next_one_starts_when_one_has_ended()
    {
        Add("a", "b", "c");
        IActorRef queue = Start(maximumJobs: 2);
        IActorRef first = ExpectStarted("a");
        ExpectStarted("b");
        Running(queue).ShouldBe(["a", "b"], ignoreOrder: true);

        End(first, "a");
        ExpectStarted("c");
        Running(queue).ShouldBe(["b", "c"], ignoreOrder: true);
    }

    [Fact]
    public void An_exception_in_one_jobs_coordinator_fails_that_job_by_name_and_disturbs_no_other()
    {
        Add("a", "b", "c");
        IActorRef queue = Start(maximumJobs: 2);
        IActorRef first = ExpectStarted("a");
        IActorRef second = ExpectStarted("b");
        first.Tell(new InvalidDataException("the disk is on fire"));
        ExpectStarted("c");
        ExpectFailed("a", "the disk is on fire");
        new[] { Users, Items }.ShouldAllBe(region => ExpectSent<EndJob>(region).Job == "a", "they would keep what they have for ten minutes");

        second.Tell(new GetNodeDescription(), TestActor);
        ExpectMsg("b");
        Running(queue).ShouldBe(["b", "c"], ignoreOrder: true);
    }

    /// <summary>The queue had so many attempts in a minute for all jobs together: some that failed used up those of the jobs after them.</summary>
    [Fact]
    public void However_many_jobs_fail_in_a_row_the_next_one_runs()
    {
        string[] failing = [.. Enumerable.Range(0, 30).Select(number => $"failing-{number}")];
        Add([.. failing, "good"]);
        Start(maximumJobs: 1);
        foreach (string job in failing)
        {
            ExpectStarted(job).Tell(new InvalidDataException($"{job} is damaged"));
            ExpectFailed(job, $"{job} is damaged");
        }

        ExpectStarted("good");
        _journal.Appended.Count.ShouldBe(failing.Length, "each of them failed once");
    }

    [Fact]
    public void A_coordinator_that_cannot_be_made_fails_its_job_and_disturbs_no_other()
    {
        Add("a", "unmakeable", "b");
        Start(maximumJobs: 3);
        IActorRef first = ExpectStarted("a");
        ExpectStarted("b");
        ExpectFailed("unmakeable", "no such model");
        first.Tell(new GetNodeDescription(), TestActor);
        ExpectMsg("a");
        ExpectNoneStarted();
    }

    /// <summary>Such a job, once in the journal, killed the queue and all running jobs with it, again and again.</summary>
    [Theory]
    [InlineData("a\n")]
    [InlineData("two words")]
    [InlineData("$a")]
    [InlineData("refused by the factory")]
    public void A_job_whose_coordinator_cannot_even_be_named_fails_and_disturbs_no_other(string job)
    {
        Add("good", job);
        IActorRef queue = Start(maximumJobs: 2);
        IActorRef good = ExpectStarted("good");
        AwaitCondition(() => _journal.Appended.Any(appended => appended.Job == job && appended.Event.State.State == JobState.Failed), Bound, LookAgain);
        good.Tell(new GetNodeDescription(), TestActor);
        ExpectMsg("good");
        Running(queue).ShouldBe(["good"]);
        ExpectNoneStarted();
    }

    [Fact]
    public void A_coordinator_that_stops_before_its_job_has_ended_fails_the_job()
    {
        Add("a");
        Start();
        ExpectStarted("a").Tell(PoisonPill.Instance);
        ExpectFailed("a", "the job's coordinator stopped before the job had ended");
    }

    [Fact]
    public void A_job_that_has_ended_in_good_order_does_not_fail_because_its_coordinator_is_gone()
    {
        Add("a", "b");
        Start();
        IActorRef first = ExpectStarted("a");
        Watch(first);
        End(first, "a");
        ExpectTerminated(first);
        ExpectStarted("b");
        _journal.Appended.ShouldNotContain(appended => appended.Event.State.State == JobState.Failed);
    }

    [Fact]
    public void Whoever_watches_a_job_that_runs_is_passed_on_to_its_coordinator_and_others_are_told_that_it_does_not()
    {
        Add("a");
        IActorRef queue = Start();
        ExpectStarted("a");
        queue.Tell(new WatchJob { Job = "a" }, TestActor);
        ExpectMsg<JobEvents>().Events.Single().Note.Text.ShouldBe("a");
        queue.Tell(new WatchJob { Job = "b" }, TestActor);
        ExpectMsg<JobEvents>().NotRunning.ShouldBeTrue();
        queue.Tell(new WatchJob { Job = "a/b" }, TestActor);
        ExpectMsg<JobEvents>().NotRunning.ShouldBeTrue();
    }

    [Fact]
    public void A_job_that_somebody_wants_to_stop_is_told_when_the_journal_changed()
    {
        Add("a");
        IActorRef queue = Start();
        ExpectStarted("a");
        _journal.Add(SmallJobs.Als(job: "a"), cancel: true);
        queue.Tell(new JobsChanged { Job = "a" });
        _started.ExpectMsg<CancelJob>().Job.ShouldBe("a");
    }

    [Fact]
    public void A_job_is_found_also_when_the_word_about_it_was_lost()
    {
        IActorRef queue = Start();
        Running(queue).ShouldBeEmpty();
        AwaitCondition(() => _journal.Calls >= 2, Bound, LookAgain);
        Add("a");
        AwaitAssert(
            () =>
            {
                Advance(QueueState.LookInterval);
                _started.HasMessages.ShouldBeTrue();
            },
            Bound);
        ExpectStarted("a");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_database_that_refuses_for_a_while_holds_the_queue_up_and_does_not_end_it(int refusals)
    {
        Add("a");
        _journal.Fail([.. Enumerable.Range(0, refusals).Select(_ => new JobJournalException("the server is gone"))]);
        IActorRef first = StartAndWatch();
        IActorRef coordinator = ExpectStarted("a");
        _journal.Fail([.. Enumerable.Range(0, refusals).Select(_ => new JobJournalException("the server is gone"))]);
        coordinator.Tell(new InvalidDataException("the disk is on fire"));
        ExpectFailed("a", "the disk is on fire");
        Running(first).ShouldBeEmpty();
        Time.Waits.Count.ShouldBe(2 * refusals);
    }

    [Fact]
    public void A_journal_that_makes_no_sense_is_told_as_trouble_and_looked_at_again_later()
    {
        Add("a");
        _journal.Fail(new InvalidDataException("the row is damaged"));
        IActorRef queue = StartAndWatch();
        AwaitAssert(() => Status(queue).Trouble.ShouldBe("the jobs cannot be listed: the row is damaged"), Bound);

        Advance(QueueState.LookInterval);
        ExpectStarted("a");
        Status(queue).Trouble.ShouldBe("");
    }

    [Fact]
    public void A_queue_that_fails_is_started_afresh_and_takes_up_the_jobs_that_were_running()
    {
        Add("a", "b");
        IActorRef queue = StartAndWatch(maximumJobs: 2);
        IActorRef first = ExpectStarted("a");
        IActorRef second = ExpectStarted("b");
        TestProbe watcher = CreateTestProbe();
        watcher.Watch(second);
        _journal.Fail(new InvalidOperationException("that was not thought of"));
        first.Tell(new InvalidDataException("the disk is on fire"));

        watcher.ExpectTerminated(second);
        ExpectStarted("a");
        ExpectStarted("b").ShouldNotBe(second);
        Running(queue).ShouldBe(["a", "b"], ignoreOrder: true);
    }

    /// <summary>What the queue was noting when it failed is given up, and that was taken for a failure of the next one.</summary>
    [Fact]
    public void What_a_queue_that_failed_was_at_does_not_fail_the_one_that_follows_it()
    {
        SkippingTime still = new() { StandsStill = true };
        Add("a", "b", "c");
        IActorRef queue = Start(maximumJobs: 3, still);
        IActorRef first = ExpectStarted("a");
        IActorRef second = ExpectStarted("b");
        ExpectStarted("c");
        _journal.Fail(new JobJournalException("the server is gone"));
        first.Tell(new InvalidDataException("the disk is on fire"));
        AwaitCondition(() => !still.Waits.IsEmpty, Bound, LookAgain);
        _journal.Fail(new InvalidOperationException("that was not thought of"));
        second.Tell(new InvalidDataException("the disk is on fire"));

        foreach (string job in new[] { "a", "b", "c" })
        {
            ExpectStarted(job);
        }

        ExpectNoneStarted(TimeSpan.FromMilliseconds(200));
        Status(queue).Trouble.ShouldBe("");
    }

    [Fact]
    public async Task A_queue_that_was_superseded_fails_no_job_and_starts_none_until_it_begins_again()
    {
        Add("a", "b");
        IActorRef queue = StartAndWatch();
        IActorRef first = ExpectStarted("a");
        await _journal.BeginTermAsync();
        first.Tell(new InvalidDataException("its tables are gone"));
        AwaitAssert(() => Status(queue).Trouble.ShouldContain("expected the newest queue of jobs"), Bound);

        Advance(JobQueueKeeper.SupersededPause - TimeSpan.FromSeconds(1));
        Running(queue).ShouldBeEmpty();
        ExpectNoneStarted();
        _journal.Appended.ShouldBeEmpty();
        Users.ExpectNoMsg(TimeSpan.Zero);

        Advance(TimeSpan.FromSeconds(1));
        ExpectStarted("a");
    }

    [Fact]
    public void A_queue_that_is_stopped_stops_its_coordinators_and_gives_up_what_it_waits_for()
    {
        Add("a");
        IActorRef queue = StartAndWatch();
        IActorRef coordinator = ExpectStarted("a");
        TestProbe watcher = CreateTestProbe();
        watcher.Watch(coordinator);
        Sys.Stop(queue);
        watcher.ExpectTerminated(coordinator);
        ExpectTerminated(queue);
        _journal.Appended.ShouldBeEmpty("its job goes on elsewhere");
    }

    private void Add(params string[] jobs) => Array.ForEach(jobs, job => _journal.Add(SmallJobs.Als(job: job)));

    private IActorRef Start(int maximumJobs = 1, SkippingTime? time = null) => Sys.ActorOf(JobQueueActor.Props(
        () => new JobQueueKeeper(new PatientJournal(_journal, NullLogger.Instance, time ?? Time), new MemoryBlobStore(), NullLogger.Instance),
        (entry, _) => entry.Job == "refused by the factory"
            ? throw new NotSupportedException("no such model")
            : Props.Create(() => new FakeCoordinator(entry.Job, _started)),
        Regions,
        maximumJobs));

    private IActorRef StartAndWatch(int maximumJobs = 1)
    {
        IActorRef queue = Start(maximumJobs);
        Watch(queue);
        return queue;
    }

    // Coordinators start in whatever order their threads run.
    private IActorRef ExpectStarted(string job)
    {
        while (_seen.All(seen => seen.Job != job))
        {
            string next = _started.ExpectMsg<string>();
            _seen.Add((next, _started.LastSender));
        }

        (string, IActorRef Coordinator) found = _seen.First(seen => seen.Job == job);
        _seen.Remove(found);
        return found.Coordinator;
    }

    private void ExpectNoneStarted(TimeSpan wait = default)
    {
        _seen.ShouldBeEmpty();
        _started.ExpectNoMsg(wait);
    }

    private void ExpectFailed(string job, string reason) => AwaitCondition(
        () => _journal.Appended.Any(appended => appended.Job == job && appended.Event.State.Equals(new StateChanged { State = JobState.Failed, Reason = reason })), Bound, LookAgain);

    private void End(IActorRef coordinator, string job)
    {
        StateChanged state = new() { State = JobState.Completed };
        _journal.AppendAsync(job, new JobEvent { Sequence = JobTerm.FirstNumber(1), State = state }).Wait(Bound).ShouldBeTrue();
        coordinator.Tell(state);
    }

    private QueueStatus Status(IActorRef queue)
    {
        queue.Tell(new GetQueueStatus(), TestActor);
        return ExpectMsg<QueueStatus>();
    }

    private string[] Running(IActorRef queue) => [.. Status(queue).Running];

    private sealed class FakeCoordinator : ReceiveActor
    {
        private readonly string _job;
        private readonly IActorRef _test;

        public FakeCoordinator(string job, IActorRef test)
        {
            _job = job == "unmakeable" ? throw new NotSupportedException("no such model") : job;
            _test = test;
            Receive<Exception>(failure => throw failure);
            Receive<CancelJob>(cancel => _test.Tell(cancel));
            Receive<GetNodeDescription>(_ => Sender.Tell(_job));
            Receive<WatchJob>(_ => Sender.Tell(new JobEvents { Events = { new JobEvent { Note = new Note { Text = _job } } } }));
            Receive<StateChanged>(state =>
            {
                Context.Parent.Tell(new JobEnded(_job, state));
                Context.Stop(Self);
            });
        }

        protected override void PreStart() => _test.Tell(_job);
    }
}

using DistRec.Training.Journal;

namespace DistRec.Training.Tests.Coordination;

public sealed class QueueStateTests
{
    [Fact]
    public void The_queue_begins_by_looking_and_looks_again_and_again()
    {
        QueueState queue = new(1);
        queue.Begin().ShouldBe([new QueueEffect.List(), new QueueEffect.Remind(QueueState.LookInterval)]);
        queue.Handle(new JobsListed([])).ShouldBeEmpty();
        queue.Handle(LookDue.Instance).ShouldBe([new QueueEffect.List(), new QueueEffect.Remind(QueueState.LookInterval)]);
    }

    [Fact]
    public void Jobs_start_in_the_order_of_the_journal_as_many_as_may_run_at_once()
    {
        QueueState queue = Begun(2, Entry("a"), Entry("b"), Entry("c"));
        queue.Running.Order().ShouldBe(["a", "b"]);

        End(queue, "a");
        Started(queue.Handle(new JobsListed([Entry("b"), Entry("c")]))).ShouldBe(["c"]);
        queue.Running.Order().ShouldBe(["b", "c"]);
    }

    [Fact]
    public void A_job_that_runs_is_not_started_again_by_a_later_look()
    {
        QueueState queue = Begun(2, Entry("a"));
        queue.Handle(new JobsChanged()).ShouldBe([new QueueEffect.List()]);
        Started(queue.Handle(new JobsListed([Entry("a"), Entry("b")]))).ShouldBe(["b"]);
    }

    [Fact]
    public void One_look_at_a_time_and_what_changed_meanwhile_is_seen_by_the_next()
    {
        QueueState queue = new(1);
        queue.Begin();
        queue.Handle(new JobsChanged()).ShouldBeEmpty();
        queue.Handle(new JobsChanged()).ShouldBeEmpty();
        queue.Handle(new JobsListed([])).ShouldBe([new QueueEffect.List()]);
        queue.Handle(new JobsListed([])).ShouldBeEmpty();
    }

    [Fact]
    public void A_coordinator_that_failed_fails_its_job_by_name_and_the_next_one_starts()
    {
        QueueState queue = Begun(1, Entry("a"), Entry("b"));
        queue.Handle(new CoordinatorEnded("a", "the disk is on fire")).ShouldBe([new QueueEffect.Fail("a", "the disk is on fire")]);
        Started(queue.Handle(new JobsListed([Entry("a"), Entry("b")]))).ShouldBe(["b"], "of a it is not noted yet that it failed");
        queue.Handle(new JobFailed("a")).ShouldBe([new QueueEffect.CleanUp("a")]);
        queue.Handle(new JobCleanedUp("a")).ShouldBe([new QueueEffect.List()]);
    }

    [Fact]
    public void A_coordinator_is_gone_once_whoever_says_so_how_often()
    {
        QueueState queue = Begun(1, Entry("a"));
        queue.Handle(new CoordinatorEnded("a")).ShouldBe([new QueueEffect.CleanUp("a")]);
        queue.Handle(new CoordinatorEnded("a", "it stopped")).ShouldBeEmpty("its job had ended before");
        queue.Handle(new CoordinatorEnded("never there", "it stopped")).ShouldBeEmpty();
    }

    [Fact]
    public void A_job_that_is_listed_although_it_has_just_ended_does_not_run_again()
    {
        QueueState queue = Begun(1, Entry("a"));
        queue.Handle(new JobsChanged());
        queue.Handle(new CoordinatorEnded("a"));
        queue.Handle(new JobsListed([Entry("a")])).ShouldBeEmpty("that was read before");
        queue.Handle(new JobCleanedUp("a")).ShouldBe([new QueueEffect.List()]);
        queue.Handle(new JobsListed([])).ShouldBeEmpty();
    }

    [Fact]
    public void Whoever_wants_a_job_to_stop_is_passed_on_to_its_coordinator_and_to_no_job_that_waits()
    {
        QueueState queue = Begun(1, Entry("a"), Entry("b"));
        queue.Handle(new JobsChanged());
        queue.Handle(new JobsListed([Entry("a", cancel: true), Entry("b", cancel: true)])).ShouldBe([new QueueEffect.Cancel("a")]);
    }

    [Fact]
    public void A_job_that_was_cancelled_while_it_waited_is_started_and_told()
    {
        QueueState queue = new(1);
        queue.Begin();
        queue.Handle(new JobsListed([Entry("a", cancel: true)])).Select(effect => effect.GetType()).ShouldBe(
            [typeof(QueueEffect.Start), typeof(QueueEffect.Cancel)]);
    }

    [Fact]
    public void Jobs_that_run_at_once_start_in_different_shards()
    {
        QueueState queue = new(2);
        queue.Begin();
        FirstShards(queue.Handle(new JobsListed([Entry("a"), Entry("b"), Entry("c")]))).ShouldBe([0, 1]);

        End(queue, "a");
        FirstShards(queue.Handle(new JobsListed([Entry("b"), Entry("c")]))).ShouldBe([0]);
    }

    private static IEnumerable<int> FirstShards(IEnumerable<QueueEffect> effects) =>
        effects.OfType<QueueEffect.Start>().Select(start => start.Job.Spec.FirstShard);

    private static QueueState Begun(int maximum, params JobEntry[] pending)
    {
        QueueState queue = new(maximum);
        queue.Begin();
        queue.Handle(new JobsListed(pending));
        return queue;
    }

    private static void End(QueueState queue, string job)
    {
        queue.Handle(new CoordinatorEnded(job)).ShouldBe([new QueueEffect.CleanUp(job)]);
        queue.Handle(new JobCleanedUp(job)).ShouldBe([new QueueEffect.List()]);
    }

    private static IEnumerable<string> Started(IEnumerable<QueueEffect> effects) => effects.OfType<QueueEffect.Start>().Select(start => start.Job.Job);

    private static JobEntry Entry(string job, bool cancel = false) =>
        new(job, "", SmallJobs.Als(job: job), JobState.Submitted, "", cancel, default, null, default, 1, 0);
}

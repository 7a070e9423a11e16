using Akka.Actor;
using DistRec.Training.Actors;

namespace DistRec.Training.Tests.Actors;

public sealed class LocalJobActorTests : ActorTest
{
    private readonly TaskCompletionSource<StateChanged> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_job_that_has_ended_is_told_as_it_ended()
    {
        StateChanged state = new() { State = JobState.Completed, Reason = "2 epochs done" };
        Start(Props.Create(() => new Fake(TestActor))).Tell(new CancelJob { Job = "j" });
        ExpectMsg<CancelJob>().Job.ShouldBe("j", "what is meant for the coordinator is passed on to it");
        LastSender.Tell(state);
        (await _ended.Task.WaitAsync(Bound)).ShouldBe(state);
    }

    [Fact]
    public async Task A_coordinator_that_fails_fails_the_job_with_what_it_failed_with()
    {
        Start(Props.Create(() => new Fake(TestActor))).Tell(new CancelJob { Job = "j" });
        ExpectMsg<CancelJob>();
        LastSender.Tell(new InvalidDataException("the disk is on fire"));
        (await Should.ThrowAsync<InvalidDataException>(() => _ended.Task.WaitAsync(Bound))).Message.ShouldBe("the disk is on fire");
    }

    [Fact]
    public async Task A_coordinator_that_cannot_be_made_fails_the_job()
    {
        Start(Props.Create(() => new Unmakeable()));
        (await Should.ThrowAsync<NotSupportedException>(() => _ended.Task.WaitAsync(Bound))).Message.ShouldBe("no such model");
    }

    [Fact]
    public async Task A_coordinator_that_stops_before_its_job_has_ended_fails_the_job()
    {
        Start(Props.Create(() => new Fake(TestActor))).Tell(new CancelJob { Job = "j" });
        ExpectMsg<CancelJob>();
        LastSender.Tell(PoisonPill.Instance);
        (await Should.ThrowAsync<InvalidOperationException>(() => _ended.Task.WaitAsync(Bound)))
            .Message.ShouldBe("the job's coordinator stopped before the job had ended");
    }

    /// <summary>Nobody was told when the parent itself was stopped, as with its system: whoever waited for the job waited for ever.</summary>
    [Fact]
    public async Task A_job_whose_actors_are_stopped_from_outside_does_not_leave_anyone_waiting()
    {
        IActorRef job = Start(Props.Create(() => new Fake(TestActor)));
        Sys.Stop(job);
        await Should.ThrowAsync<InvalidOperationException>(() => _ended.Task.WaitAsync(Bound));
    }

    private IActorRef Start(Props coordinator) => Sys.ActorOf(LocalJobActor.Props(coordinator, _ended));

    private sealed class Unmakeable : ReceiveActor
    {
        public Unmakeable() => throw new NotSupportedException("no such model");
    }

    private sealed class Fake : ReceiveActor
    {
        public Fake(IActorRef test)
        {
            Receive<CancelJob>(cancel => test.Tell(cancel));
            Receive<Exception>(failure => throw failure);
            Receive<StateChanged>(state =>
            {
                Context.Parent.Tell(new JobEnded("j", state));
                Context.Stop(Self);
            });
        }
    }
}

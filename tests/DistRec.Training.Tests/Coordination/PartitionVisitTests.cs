namespace DistRec.Training.Tests.Coordination;

/// <summary>Visits of lent item blocks, as a worker makes them.</summary>
public sealed class PartitionVisitTests
{
    private static readonly JobSpec Spec = SmallJobs.Mf();

    private readonly PartitionState _state;
    private ulong _incarnations = 100;

    public PartitionVisitTests()
    {
        _state = new PartitionState("j", SmallJobs.User(1), "", () => ++_incarnations);
        long load = _state.Handle(SmallJobs.Load(Spec)).OfType<PartitionEffect.StartRound>().Single().Work;
        _state.Handle(new WorkEnded(load, WorkOutcome.Done));
        Descend(2).ShouldNotContain(effect => effect is PartitionEffect.StartRound || effect is PartitionEffect.Report, "it waits for its visits");
    }

    [Fact]
    public void A_worker_makes_its_visits_in_their_order_however_they_come()
    {
        _state.Handle(Visit(2, block: 7, step: 1)).ShouldBeEmpty("the one before has not come yet");
        (long work, VisitBlock visit) = StartOf(_state.Handle(Visit(2, block: 5, step: 0)));
        visit.Block.ShouldBe(5);

        IReadOnlyList<PartitionEffect> effects = _state.Handle(new WorkEnded(work, WorkOutcome.Done, RoundSums.OfDescent(0.5, 3)));
        BlockVisited visited = VisitedOf(effects);
        (visited.Worker, visited.Block, visited.Count, visited.Incarnation).ShouldBe((1, 5, 3L, 101UL));
        StartOf(effects).Visit.Block.ShouldBe(7);
    }

    [Fact]
    public void A_visit_that_is_commanded_again_is_answered_by_what_it_came_to_and_by_a_sign_of_life_until_then()
    {
        VisitBlock visit = Visit(2, block: 5, step: 0);
        (long work, _) = StartOf(_state.Handle(visit));
        _state.Handle(visit).ShouldBe([Progress(2)]);
        _state.Handle(Visit(2, block: 7, step: 1)).ShouldBeEmpty();
        _state.Handle(Visit(2, block: 7, step: 1)).ShouldBe([Progress(2)], "it waits for its turn");
        BlockVisited visited = VisitedOf(_state.Handle(new WorkEnded(work, WorkOutcome.Done)));
        _state.Handle(visit).ShouldBe([new PartitionEffect.Reply(visited)]);
    }

    [Fact]
    public void The_round_that_is_commanded_again_while_visits_are_made_gets_a_sign_of_life() =>
        Descend(2).ShouldBe([Progress(2)]);

    [Fact]
    public void Visits_of_another_round_are_dropped_and_a_new_round_begins_with_none()
    {
        _state.Handle(Visit(1, block: 5, step: 0)).ShouldBeEmpty();
        _state.Handle(Visit(3, block: 5, step: 0)).ShouldBeEmpty();
        (long work, _) = StartOf(_state.Handle(Visit(2, block: 5, step: 0)));
        _state.Handle(new WorkEnded(work, WorkOutcome.Done));
        _state.Handle(Visit(2, block: 6, step: 2)).ShouldBeEmpty();

        Descend(3);
        StartOf(_state.Handle(Visit(3, block: 5, step: 0))).Visit.Round.ShouldBe(3);
    }

    [Fact]
    public void A_newer_round_ends_a_visit_of_the_older_one_and_nobody_hears_of_it()
    {
        (long work, _) = StartOf(_state.Handle(Visit(2, block: 5, step: 0)));
        Descend(3).ShouldContain(new PartitionEffect.CancelWork());
        _state.Handle(Visit(3, block: 4, step: 0)).ShouldBeEmpty("work is under way");
        IReadOnlyList<PartitionEffect> effects = _state.Handle(new WorkEnded(work, WorkOutcome.Done));
        effects.ShouldNotContain(effect => effect is PartitionEffect.Report);
        StartOf(effects).Visit.Block.ShouldBe(4);
    }

    [Fact]
    public void A_visit_that_was_overtaken_is_made_when_it_is_commanded_again()
    {
        VisitBlock visit = Visit(2, block: 5, step: 0);
        (long work, _) = StartOf(_state.Handle(visit));
        _state.Handle(new WorkEnded(work, WorkOutcome.Overtaken)).ShouldBeEmpty();
        StartOf(_state.Handle(visit)).Visit.ShouldBe(visit);
    }

    [Fact]
    public void A_visit_that_failed_costs_the_workers_state()
    {
        (long work, _) = StartOf(_state.Handle(Visit(2, block: 5, step: 0)));
        IReadOnlyList<PartitionEffect> effects = _state.Handle(new WorkEnded(work, WorkOutcome.Failed, Error: "the disk is on fire"));
        BlockVisited visited = VisitedOf(effects);
        visited.RetryableError.ShouldBe("the disk is on fire");
        visited.Incarnation.ShouldNotBe(101UL);
        effects.ShouldContain(new PartitionEffect.Clear());
        _state.Handle(Visit(2, block: 6, step: 1)).ShouldBeEmpty();
        _state.Handle(new Ping { Job = "j" }).Single().ShouldBeOfType<PartitionEffect.Reply>();
    }

    [Fact]
    public void A_visit_whose_failure_would_repeat_itself_is_reported_as_such()
    {
        (long work, _) = StartOf(_state.Handle(Visit(2, block: 5, step: 0)));
        VisitedOf(_state.Handle(new WorkEnded(work, WorkOutcome.Fatal, Error: "not a number"))).FatalError.ShouldBe("not a number");
    }

    private static PartitionEffect.ReportProgress Progress(long round) =>
        new(new RoundProgress { Job = "j", Round = round, Partition = PartitionName.Of(SmallJobs.User(1)), Incarnation = 101 });

    private IReadOnlyList<PartitionEffect> Descend(long round) => _state.Handle(SmallJobs.Round(Spec, round, RoundKind.Descend));

    private static VisitBlock Visit(long round, int block, int step) => new() { Job = "j", Round = round, Block = block, Step = step, Holder = -1 };

    private static (long Work, VisitBlock Visit) StartOf(IReadOnlyList<PartitionEffect> effects)
    {
        PartitionEffect.StartVisit start = effects.OfType<PartitionEffect.StartVisit>().Single();
        return (start.Work, start.Visit);
    }

    private static BlockVisited VisitedOf(IReadOnlyList<PartitionEffect> effects) =>
        (BlockVisited)effects.OfType<PartitionEffect.Report>().Single().Message;
}

namespace DistRec.Training.Tests.Coordination;

/// <summary>Epochs in which item blocks are lent to one worker after the other.</summary>
public sealed class CoordinatorVisitTests
{
    private readonly PlayedCoordinator _job = new(SmallJobs.Mf(partitions: 2, blocks: 4));
    private readonly Queue<(PartitionId Worker, VisitBlock Visit)> _visits = [];

    public CoordinatorVisitTests()
    {
        _job.RunTo(RoundKind.Descend, epoch: 1);
        Collect();
    }

    [Fact]
    public void Every_worker_visits_every_block_once_and_the_blocks_are_reclaimed_from_their_last_holders()
    {
        RunRound descend = _job.Command;
        List<(int Worker, int Block)> made = [];
        while (_visits.TryDequeue(out (PartitionId Worker, VisitBlock Visit) next))
        {
            made.Add((next.Worker.Index, next.Visit.Block));
            next.Visit.HomeVersion.ShouldBe(descend.SourceVersion);
            next.Visit.Step.ShouldBe(made.Count(visit => visit.Worker == next.Worker.Index) - 1);
            _job.Tell(Visited(next.Worker, next.Visit));
            Collect();
        }

        made.Order().ShouldBe(Enumerable.Range(0, 8).Select(visit => (visit / 4, visit % 4)));
        _job.Command.Kind.ShouldBe(RoundKind.Reclaim);
        _job.Command.SourceVersion.ShouldBe(descend.Round, "lent blocks are published under the round that they were visited in");
        _job.Command.Versions.ShouldBe([2, 2, 2, 2]);
        _job.Command.Holders.ShouldBe(Enumerable.Range(0, 4).Select(block => made.Last(visit => visit.Block == block).Worker));
        _job.Sent.ShouldAllBe(send => send.To.Side == Models.Side.Item);
    }

    [Fact]
    public void A_visit_counts_once_and_one_of_another_round_or_incarnation_not_at_all()
    {
        (PartitionId worker, VisitBlock visit) = _visits.Dequeue();
        BlockVisited visited = Visited(worker, visit);
        BlockVisited stale = visited.Clone();
        stale.Round--;
        _job.Tell(stale).ShouldBeEmpty();
        BlockVisited earlier = visited.Clone();
        (earlier.Incarnation, earlier.Heard) = (7, -1);
        _job.Tell(earlier).ShouldBeEmpty();

        _job.Tell(visited).ShouldContain(effect => effect is CoordinatorEffect.Visited);
        _job.Tell(visited).ShouldBeEmpty();
    }

    [Fact]
    public void Visits_whose_command_may_be_lost_are_commanded_again_with_the_round()
    {
        _job.Now = CoordinatorState.ResendInterval;
        _job.Tell(Resend.Instance);
        _job.Sent.Where(send => send.Message is RunRound).Select(send => send.To).ShouldBe([SmallJobs.User(0), SmallJobs.User(1)]);
        _job.Sent.Where(send => send.Message is VisitBlock).Select(send => send.Message).ShouldBe(
            _visits.Select(visit => visit.Visit).OrderBy(visit => visit.Block / 2).ThenBy(visit => visit.Step), ignoreOrder: true);
    }

    [Fact]
    public void A_worker_that_makes_visits_is_not_silent_although_it_reports_no_round()
    {
        (PartitionId worker, VisitBlock visit) = _visits.Dequeue();
        for (int resends = 0; resends < 31; resends++)
        {
            if (resends == 15)
            {
                _job.Tell(Visited(worker, visit));
            }

            _job.Tell(_job.ProgressOf(SmallJobs.User(1 - worker.Index)));
            _job.Now += CoordinatorState.ResendInterval;
            _job.Tell(Resend.Instance);
            _job.End.ShouldBeNull();
        }
    }

    [Fact]
    public void A_visit_that_failed_for_good_ends_the_job_and_one_that_lost_the_state_begins_again()
    {
        (PartitionId worker, VisitBlock visit) = _visits.Dequeue();
        BlockVisited lost = Visited(worker, visit);
        lost.RetryableError = "the disk is on fire";
        lost.Incarnation = 7;
        _job.Tell(lost);
        _job.Last.OfType<CoordinatorEffect.Lost>().Single().Who.ShouldBe(worker);
        _job.Command.Kind.ShouldBe(RoundKind.Load);

        foreach (CoordinatorEffect.Send load in _job.Sent)
        {
            _job.Tell(_job.ReportOf(load.To, incarnation: load.To == worker ? 7UL : PlayedCoordinator.IncarnationOf(load.To)));
        }

        _job.Command.Kind.ShouldBe(RoundKind.Initialize);
    }

    private static BlockVisited Visited(PartitionId worker, VisitBlock visit) => new()
    {
        Job = "j", Round = visit.Round, Worker = worker.Index, Block = visit.Block, Incarnation = PlayedCoordinator.IncarnationOf(worker),
    };

    private void Collect()
    {
        foreach (CoordinatorEffect.Send send in _job.Sent)
        {
            if (send.Message is VisitBlock visit)
            {
                _visits.Enqueue((send.To, visit));
            }
        }
    }
}

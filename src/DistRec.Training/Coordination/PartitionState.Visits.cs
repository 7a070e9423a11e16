namespace DistRec.Training.Coordination;

/// <content>
/// Visits of lent item blocks, in models that descend block by block. A visit whose command was lost comes again; those after it wait, or
/// the order of visits would depend on what was lost.
/// </content>
internal sealed partial class PartitionState
{
    private readonly SortedDictionary<int, VisitBlock> _waitingVisits = [];
    private readonly Dictionary<int, BlockVisited> _visited = [];
    private long _visitsRound;
    private VisitBlock? _visiting;

    private void OnVisit(VisitBlock visit)
    {
        if (visit.Round != _command.Round || _command.Kind != RoundKind.Descend)
        {
            return;
        }

        ForgetVisitsOfEarlierRounds();
        if (_visited.TryGetValue(visit.Block, out BlockVisited? done))
        {
            Do(new PartitionEffect.Reply(new BlockVisited(done) { Heard = _heard }));
        }
        else if (_visiting?.Block == visit.Block || _waitingVisits.ContainsKey(visit.Step))
        {
            Do(Progress(visit.Round));
        }
        else
        {
            _waitingVisits[visit.Step] = visit;
            BeginVisit();
        }
    }

    private void BeginVisit()
    {
        if (IsWorking || _layout is null || _command.Kind != RoundKind.Descend)
        {
            return;
        }

        ForgetVisitsOfEarlierRounds();
        if (_waitingVisits.Remove(_visited.Count, out VisitBlock? visit))
        {
            _visiting = visit;
            Start(_command, number => new PartitionEffect.StartVisit(number, _command, visit));
        }
    }

    private void ReportVisit(WorkEnded ended)
    {
        BlockVisited visited = new()
        {
            Job = job, Round = _command.Round, Worker = partition.Index, Block = _visiting!.Block, Incarnation = _incarnation, Heard = _heard,
        };
        switch (ended.Outcome)
        {
            case WorkOutcome.Done:
                visited.SquaredError = RoundSums.ToParts(ended.Sums.Errors.Squared);
                visited.Count = ended.Sums.Errors.Count;
                visited.Diverged = ended.Sums.Diverged;
                _visited[visited.Block] = visited;
                break;
            case WorkOutcome.Fatal:
                visited.FatalError = ended.Error;
                break;
            default:
                visited.RetryableError = ended.Error;
                BeginIncarnation();
                visited.Incarnation = _incarnation;
                break;
        }

        Do(new PartitionEffect.Report(visited));
    }

    private void EndVisit() => _visiting = null;

    private void ForgetVisitsOfEarlierRounds()
    {
        if (_visitsRound != _command.Round)
        {
            ClearVisits();
            _visitsRound = _command.Round;
        }
    }

    private void ClearVisits()
    {
        _waitingVisits.Clear();
        _visited.Clear();
    }
}

namespace DistRec.Training.Coordination;

/// <content>Stopping before the end, and what it takes not to wait for a long round.</content>
public sealed partial class JobMachine
{
    private bool _cancelRequested;
    private bool _isAbandoned;

    // What the tables were when the running epoch began, as long as every partition can go back to them.
    private TableVersions? _before;

    // Gone back to a snapshot, which has the item side alone, nobody has user tables that could be published.
    private bool LacksUsers => !_descends && _epoch > 0 && _tables.Users == 0 && _tables.Best is null;

    /// <summary>
    /// Stops the job; what the finished epochs have learned is published. A round of training, or of loading before the first epoch, is
    /// abandoned; other rounds are short and end first.
    /// </summary>
    /// <remarks>
    /// The rest of the epoch is trained after all where partitions lost state since it began, and in a descending job without a
    /// store whose last epoch was not its best one: nobody has the tables between the two epochs any more.
    /// </remarks>
    public JobStep Cancel()
    {
        bool isNews = !_cancelRequested;
        _cancelRequested = true;
        return (isNews && !IsOver && !_stopping && !IsRepairing && State != JobState.Submitted ? Abandon(_round.Kind) : null) ?? Wait();
    }

    /// <summary>Gives the running round up.</summary>
    /// <returns>Null where it has to end first.</returns>
    private JobStep? Abandon(RoundKind running)
    {
        switch (running)
        {
            case RoundKind.Load or RoundKind.Initialize or RoundKind.SaveBest when _epoch == 0 && !IsRefitting:
                return EndEarly();
            case RoundKind.SolveUsers or RoundKind.SolveItems or RoundKind.Descend or RoundKind.Epoch when _epoch == 1 && !IsRefitting:
            case RoundKind.SolveUsers or RoundKind.SolveItems or RoundKind.Descend or RoundKind.Epoch when _spec.Snapshots && (_descends || _tables.Best is not null):
                // The best tables are what will be published, and training does not touch them.
                _epoch--;
                return EndEarly();
            case RoundKind.SolveUsers or RoundKind.SolveItems when _before is { } before:
                long[] undone = running == RoundKind.SolveUsers ? [_tables.Items] : [_tables.UsersSource, _tables.Users];
                _held = null;
                _isAbandoned = true;
                _tables = before;
                return Run(new Round(_round.Number + 1, RoundKind.Revert, _epoch, _policy.LearningRate, 0) { Version = 0, Undone = undone });
            case RoundKind.Descend or RoundKind.Epoch when _policy.State.BestEpoch == _epoch - 1:
                return Run(RoundKind.Restore);
            default:
                return null;
        }
    }

    private JobStep EndEarly()
    {
        _stopping = true;
        _held = null;
        _endState = JobState.Cancelled;
        _endReason = IsRefitting ? $"cancelled when all ratings had been fitted in {_epoch} of {Epochs} epochs"
            : _epoch > 0 ? $"cancelled after epoch {_epoch}"
            : "cancelled before the first epoch was done";
        if (_epoch > 0 || (IsRefitting && !_spec.Snapshots))
        {
            return _spec.Snapshots ? PublishModel() : Run(RoundKind.Publish);
        }

        Enter(JobState.Cancelled, _endReason);
        return Wait();
    }
}

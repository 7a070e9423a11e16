namespace DistRec.Training.Coordination;

/// <content>Snapshots, and what follows when partitions lose their state.</content>
public sealed partial class JobMachine
{
    /// <summary>How often participants may fail while no epoch gets done.</summary>
    public const int MaximumFailures = 3;

    /// <summary>How often partitions may be lost with their nodes while no epoch gets done, for each partition.</summary>
    public const int MaximumLossesPerPartition = 8;

    private readonly Queue<RepairRound> _repair = [];
    private readonly HashSet<PartitionId> _lost = [];
    private Snapshot? _snapshot;
    private Snapshot? _takenBySnapshot;
    private TimeSpan _sinceSnapshot;
    private (RoundSums Sums, TimeSpan Elapsed)? _held;
    private Round? _interrupted;
    private int _failures;
    private int _losses;
    private string _firstCause = "";

    /// <summary>Whether partitions are on their way back to where the others are.</summary>
    public bool IsRepairing { get; private set; }

    private int Partitions => Math.Max(1, _spec.UserStarts.Count - 1);

    private IReadOnlySet<PartitionId> Everyone =>
        Enumerable.Range(0, Partitions).SelectMany(shard => new PartitionId[] { new(Side.User, shard), new(Side.Item, shard) }).ToHashSet();

    // One from before all ratings were fitted is none to go back to.
    private Snapshot? UsableSnapshot => _snapshot is { } snapshot && snapshot.Resume.Policy.RefitEpochs > 0 == IsRefitting ? snapshot : null;

    private bool SnapshotIsDue =>
        _spec.Snapshots && _takenBySnapshot is null
        && (_storesAll
            ? _epoch > 0 && _sinceSnapshot.TotalSeconds >= _spec.SnapshotSeconds && UsableSnapshot?.Resume.Epoch != _epoch
            : !_tables.IsStored(_tables.Items));

    /// <summary>A partition lost its state: repairs it, or goes back to where that is possible.</summary>
    /// <param name="who">Which partition.</param>
    /// <param name="cause">Why, in words.</param>
    /// <param name="failed">Whether it failed; otherwise its node did, or the partition moved.</param>
    public JobStep Lost(PartitionId who, string cause, bool failed)
    {
        if (IsOver || State == JobState.Submitted)
        {
            return Wait();
        }

        if (_firstCause.Length == 0)
        {
            _firstCause = $"{who}: {cause}";
        }

        _failures += failed ? 1 : 0;
        _losses++;
        if (_failures > MaximumFailures || _losses > MaximumLossesPerPartition * 2 * Partitions)
        {
            return Fail($"partitions lost their state {_losses} times without an epoch done in between; first {_firstCause}");
        }

        _leaving.Remove(who);
        _held = null;
        _before = null;
        return Repair([who], $"{who} was started afresh ({cause})");
    }

    // By lineage where that is possible; otherwise everybody goes back.
    private JobStep Repair(IReadOnlyCollection<PartitionId> lost, string what)
    {
        BeginRepairOf(lost);
        IReadOnlyList<RepairRound>? rounds = _storesAll || _isAbandoned || _interrupted is null ? null : RepairPlan.Of(_lost, _tables, _interrupted.Value.Kind);
        if (rounds is not null)
        {
            TellNote($"{what}; it is repaired and the round goes on");
            return Run(rounds);
        }

        if (UsableSnapshot is { } snapshot)
        {
            TellNote($"{what}; the job goes back to the snapshot after epoch {snapshot.Resume.Epoch}");
            return GoBackToSnapshot(snapshot);
        }

        TellNote($"{what}; the job begins again from its start");
        return BeginAnew();
    }

    private void BeginRepairOf(IReadOnlyCollection<PartitionId> lost)
    {
        _lost.UnionWith(lost);
        _interrupted = IsRepairing ? _interrupted : _round;
        IsRepairing = true;
    }

    private void TellNote(string text) => Tell(new JobEvent { Note = new Note { Text = text } });

    private void EpochIsDone()
    {
        _failures = 0;
        _losses = 0;
        _firstCause = "";
    }

    // An end that was under way is no longer the end: who cancelled may see the job complete after all.
    private void GoOn()
    {
        _stopping = false;
        _endState = JobState.Completed;
    }

    private JobStep BeginAnew()
    {
        IsRepairing = false;
        _interrupted = null;
        _handingOver = null;
        _lost.Clear();
        _takenBySnapshot = null;
        GoOn();
        _policy = IsRefitting && !Resumes ? _policy.ForRefit() : new EpochPolicy(_spec);
        _epoch = Resumes ? _spec.Resume.Epoch : 0;
        Enter(JobState.Loading);
        return Run(RoundKind.Load);
    }

    private JobStep GoBackToSnapshot(Snapshot snapshot)
    {
        IsRepairing = true;
        _interrupted = null;
        _handingOver = null;
        _takenBySnapshot = null;
        GoOn();
        _policy = new EpochPolicy(_spec, snapshot.Resume.Policy);
        _epoch = snapshot.Resume.Epoch;

        // Versions once dropped stay dropped, so what comes back from the store gets a new one, which no round has.
        long version = _round.Number + 1;
        _round = _round with { Number = version };
        if (_storesAll)
        {
            _tables = new TableVersions { Users = version, UsersSource = version, Items = version };
            return Run(
            [
                new RepairRound(RoundKind.Load, Everyone),
                new RepairRound(RoundKind.Fetch, Everyone, snapshot.Tables, version, FromStore: true)
                {
                    Best = snapshot.BestItems, BestIsCurrent = snapshot.BestIsCurrent,
                },
            ]);
        }

        _tables = new TableVersions
        {
            Items = version,
            Best = snapshot.BestItems > 0 ? new BestVersions(-1, snapshot.BestUsersSource, snapshot.BestItems) : null,
            Stored = new Dictionary<long, long>(
                new[] { snapshot.BestItems, snapshot.BestUsersSource }.Distinct().Where(stored => stored > 0)
                    .Select(stored => KeyValuePair.Create(stored, stored)).Append(KeyValuePair.Create(version, snapshot.Tables))),
        };
        return Run(RepairPlan.ToSnapshot(Everyone, snapshot, version));
    }

    private JobStep Run(IReadOnlyList<RepairRound> rounds)
    {
        _repair.Clear();
        foreach (RepairRound round in rounds)
        {
            _repair.Enqueue(round);
        }

        return ContinueRepair();
    }

    private JobStep ContinueRepair()
    {
        if (_repair.TryDequeue(out RepairRound? next))
        {
            return Run(new Round(_round.Number + 1, next.Kind, _epoch, _policy.LearningRate, next.Source)
            {
                Version = next.Version,
                FromStore = next.FromStore,
                BestVersion = next.Best,
                BestIsCurrent = next.BestIsCurrent,
                Only = next.Only,
            });
        }

        IsRepairing = false;
        if (_handingOver is not null)
        {
            // Between two epochs nothing was interrupted; whoever still wants to leave is handed over now.
            _handingOver = null;
            _interrupted = null;
        }

        if (_interrupted is { } round)
        {
            // Until it is done, those repaired may lack what only this round could do without.
            _interrupted = null;
            return (_cancelRequested ? Abandon(round.Kind) : null) ?? Run(round with { Number = _round.Number + 1 });
        }

        _lost.Clear();
        return NextEpoch();
    }

    private JobStep BeginSnapshot() => _storesAll ? Run(RoundKind.Snapshot) : TellSnapshot(_tables.Items, _tables.Items);

    private JobStep TellSnapshot(long version, long items)
    {
        _takenBySnapshot = new Snapshot
        {
            Resume = new ResumePoint { Epoch = _epoch, Policy = _policy.State.Clone() },
            Tables = version,
            Rounds = _round.Number,
        };
        TablesPublished tables = new() { Version = version, Purpose = TablesPurpose.Snapshot, Snapshot = _takenBySnapshot };
        if (_storesAll)
        {
            // The best tables of an earlier epoch are stored once, with the first snapshot after it.
            bool keptIsStored = UsableSnapshot is { } last && last.Resume.Policy.BestEpoch == _policy.State.BestEpoch && last.BestItems > 0;
            _takenBySnapshot.BestItems = keptIsStored ? _snapshot!.BestItems : version;
            _takenBySnapshot.BestIsCurrent = keptIsStored ? _snapshot!.BestIsCurrent : _policy.State.BestEpoch == _epoch;
            tables.Stored.Add(_takenBySnapshot.BestItems);
        }
        else
        {
            _takenBySnapshot.BestItems = _tables.Best?.Items == items ? version : StoredVersionOf(_tables.Best?.Items);
            _takenBySnapshot.BestUsersSource = StoredVersionOf(_tables.Best?.UsersSource);
            tables.Stored.Add(_tables.Needed.Where(_tables.IsStored).Select(needed => _tables.Stored[needed]));
        }

        if (_snapshot is { } previous)
        {
            // Should partitions be lost before word comes that this one is stored, the job goes back to the one before.
            tables.Stored.Add(new[] { previous.Tables, previous.BestItems, previous.BestUsersSource }.Where(stored => stored > 0));
        }

        Tell(new JobEvent { Tables = tables });
        return _cancelRequested && !LacksUsers ? EndEarly() : BeginEpoch();
    }

    private long StoredVersionOf(long? items) => items is { } version ? _tables.Stored.GetValueOrDefault(version) : 0;

    private JobStep SnapshotTaken()
    {
        Snapshot snapshot = _takenBySnapshot!;
        _takenBySnapshot = null;
        _snapshot = snapshot;
        _sinceSnapshot = TimeSpan.Zero;
        if (!_storesAll)
        {
            _tables = _tables.StoredAs(snapshot.Tables, snapshot.Tables);
        }

        if (_held is { } held)
        {
            _held = null;
            return Complete(held.Sums, held.Elapsed);
        }

        return Wait();
    }
}

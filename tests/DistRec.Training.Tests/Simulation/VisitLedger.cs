namespace DistRec.Training.Tests.Simulation;

/// <summary>Counts every visit of an item block, or of a clock's users, by a worker, in every life of every worker.</summary>
internal sealed class VisitLedger
{
    private readonly Dictionary<(long Round, int Worker, int Block), int> _visits = [];

    /// <summary>How often each worker visited each block or clock, by round of descent.</summary>
    internal IReadOnlyDictionary<(long Round, int Worker, int Block), int> Visits => _visits;

    /// <summary>The work of production, whose visits are counted.</summary>
    internal IPartitionWork Create(JobSpec spec, PartitionId partition, NodeResources node) =>
        PartitionWorks.Create(spec, partition, node) switch
        {
            BlockSgdWork => new CountingBlocks(spec, partition, node, this),
            ParameterWorkerWork => new CountingClocks(spec, partition, node, this),
            IPartitionWork other => other,
        };

    private void Count((long, int, int) key) => _visits[key] = _visits.GetValueOrDefault(key) + 1;

    private sealed class CountingBlocks(JobSpec spec, PartitionId partition, NodeResources node, VisitLedger ledger)
        : BlockSgdWork(spec, partition, node)
    {
        protected override double Descend(VisitBlock visit, FactorBlock items)
        {
            ledger.Count((visit.Round, Index, visit.Block));
            return base.Descend(visit, items);
        }
    }

    private sealed class CountingClocks(JobSpec spec, PartitionId partition, NodeResources node, VisitLedger ledger)
        : ParameterWorkerWork(spec, partition, node)
    {
        protected override double Descend(RunRound command, int clock)
        {
            ledger.Count((command.Round, Index, clock));
            return base.Descend(command, clock);
        }
    }
}

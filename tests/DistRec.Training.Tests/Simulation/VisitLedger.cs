using DistRec.Actors;
using DistRec.Training.Actors;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Tests.Simulation;

/// <summary>Counts every visit of an item block by a worker, in every life of every worker.</summary>
internal sealed class VisitLedger
{
    private readonly Dictionary<(long Round, int Worker, int Block), int> _visits = [];

    /// <summary>How often each worker visited each block, by round of descent.</summary>
    internal IReadOnlyDictionary<(long Round, int Worker, int Block), int> Visits => _visits;

    internal Actor Worker(int shard, NodeParts node) => new CountingWorker(shard, node, this);

    private sealed class CountingWorker(int shard, NodeParts node, VisitLedger ledger) : WorkerActor(shard, node)
    {
        protected override double Descend(VisitBlock visit, FactorBlock items)
        {
            (long, int, int) key = (visit.Round, Shard, visit.Block);
            ledger._visits[key] = ledger._visits.GetValueOrDefault(key) + 1;
            return base.Descend(visit, items);
        }
    }
}

using DistRec.Actors;
using DistRec.Training.Actors;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Tests.Simulation;

/// <summary>Counts every visit of an item block, or of a clock's users, by a worker, in every life of every worker.</summary>
internal sealed class VisitLedger
{
    private readonly Dictionary<(long Round, int Worker, int Block), int> _visits = [];

    /// <summary>How often each worker visited each block or clock, by round of descent.</summary>
    internal IReadOnlyDictionary<(long Round, int Worker, int Block), int> Visits => _visits;

    internal Actor Worker(int shard, NodeParts node) => new CountingWorker(shard, node, this);

    internal Actor PushWorker(int shard, NodeParts node) => new CountingPushWorker(shard, node, this);

    private void Count((long, int, int) key) => _visits[key] = _visits.GetValueOrDefault(key) + 1;

    private sealed class CountingPushWorker(int shard, NodeParts node, VisitLedger ledger) : PushWorkerActor(shard, node)
    {
        protected override double Descend(RunRound command, int clock)
        {
            ledger.Count((command.Round, Shard, clock));
            return base.Descend(command, clock);
        }
    }

    private sealed class CountingWorker(int shard, NodeParts node, VisitLedger ledger) : WorkerActor(shard, node)
    {
        protected override double Descend(VisitBlock visit, FactorBlock items)
        {
            ledger.Count((visit.Round, Shard, visit.Block));
            return base.Descend(visit, items);
        }
    }
}

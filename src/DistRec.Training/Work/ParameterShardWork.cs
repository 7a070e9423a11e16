using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>
/// Home of some item blocks of a model that descends: block b lives on shard b mod S. Blocks are lent during an epoch and reclaimed from
/// their last holders at its end.
/// </summary>
internal class ParameterShardWork(JobSpec spec, PartitionId partition, NodeResources node) : PartitionWork(spec, partition, node)
{
    private readonly SortedDictionary<int, FactorBlock> _blocks = [];
    private readonly Dictionary<int, FactorBlock> _best = [];

    /// <summary>The newest tables, by block.</summary>
    protected IReadOnlyDictionary<int, FactorBlock> Tables => _blocks;

    private IEnumerable<int> Owned => Enumerable.Range(0, Spec.BlockStarts.Count - 1).Where(block => JobLayout.OwnerOf(Side.Item, Spec, block) == Partition);

    private int Width => Spec.Options.WidthOf(Side.Item);

    public override async Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken)
    {
        RunRound command = round.Command;
        switch (command.Kind)
        {
            case RoundKind.Load:
                // Tables come with the next round.
                TableCollector.Collect(Spec);
                return default;
            case RoundKind.Initialize:
                await InitializeAsync(round, cancellationToken).ConfigureAwait(false);
                PublishBlocks(command.Version);
                return default;
            case RoundKind.Reclaim:
                await ReclaimAsync(round, cancellationToken).ConfigureAwait(false);
                PublishBlocks(command.Version);
                return default;
            case RoundKind.SaveBest:
                foreach ((int block, FactorBlock tables) in _blocks)
                {
                    if (Spec.Options.Averages || !Spec.Options.MovesRows)
                    {
                        // The newest are always the best, and each epoch brings tables that are left alone until the next ones have been kept, or none.
                        _best[block] = tables;
                        continue;
                    }

                    _best.TryAdd(block, FactorBlock.Zeros(tables.Biases.Length, Width));
                    _best[block].CopyFrom(tables);
                }

                return default;
            case RoundKind.Restore:
                foreach (int block in _blocks.Keys.ToArray())
                {
                    // Fresh tables: a worker whose descent was abandoned may still be writing into those that it was lent.
                    _blocks[block] = _best[block].Copy();
                }

                PublishBlocks(command.Version);
                return default;
            case RoundKind.Fetch:
                await FetchAsync(round, cancellationToken).ConfigureAwait(false);
                PublishBlocks(command.Version);
                return default;
            case RoundKind.Snapshot:
                foreach ((int block, FactorBlock tables) in _blocks)
                {
                    PublishSnapshot(command, block, tables, _best.GetValueOrDefault(block));
                }

                return default;
            case RoundKind.Publish or RoundKind.PublishBest:
                if (command.Kind == RoundKind.PublishBest && _best.Count > 0)
                {
                    // Nobody descends any more.
                    foreach ((int block, FactorBlock best) in _best)
                    {
                        _blocks[block] = best;
                    }

                    TableCollector.Collect(Spec);
                }

                foreach ((int block, FactorBlock tables) in _blocks)
                {
                    PublishForKeeper(command, block, tables, _best.GetValueOrDefault(block));
                }

                return default;
            default:
                throw NoPartIn(command);
        }
    }

    /// <summary>Makes a block as it is before the first epoch.</summary>
    /// <param name="round">The round.</param>
    /// <param name="tables">Receives it; zeros.</param>
    /// <param name="block">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    protected virtual Task DrawAsync(RoundInput round, FactorBlock tables, int block, CancellationToken cancellationToken)
    {
        JobSpecs.DrawItems(Spec, tables, Spec.BlockStarts[block]);
        return Task.CompletedTask;
    }

    /// <summary>Puts newer tables in a block's place.</summary>
    protected void Replace(int block, FactorBlock tables)
    {
        if (tables.Biases.Length != RowsOf(block) || tables.Factors.Rank != Width)
        {
            throw new InvalidDataException(
                $"block {block}: expected [{RowsOf(block)}, {Width}], found [{tables.Biases.Length}, {tables.Factors.Rank}]");
        }

        _blocks[block] = tables;
    }

    /// <summary>Publishes one block of the exchange for each item block: that is the unit that is lent.</summary>
    protected void PublishBlocks(long version)
    {
        foreach ((int block, FactorBlock tables) in _blocks)
        {
            PublishTables(version, JobBlocks.Tables, block, tables);
        }
    }

    private int RowsOf(int block) => Spec.BlockStarts[block + 1] - Spec.BlockStarts[block];

    private async Task InitializeAsync(RoundInput round, CancellationToken cancellationToken)
    {
        _best.Clear();
        foreach (int block in Owned)
        {
            // Fresh tables: what an earlier attempt published may still be read.
            FactorBlock tables = _blocks[block] = FactorBlock.Zeros(RowsOf(block), Width);
            if (!round.Command.FromStore)
            {
                await DrawAsync(round, tables, block, cancellationToken).ConfigureAwait(false);
                continue;
            }

            tables.CopyFrom(await FetchAsync(round, Side, JobBlocks.Tables, 0, block, cancellationToken).ConfigureAwait(false));
            _best[block] = (await FetchAsync(round, Side, JobBlocks.BestTables, 0, block, cancellationToken).ConfigureAwait(false)).Copy();
        }
    }

    private async Task FetchAsync(RoundInput round, CancellationToken cancellationToken)
    {
        RunRound command = round.Command;
        foreach (int block in Owned)
        {
            FactorBlock tables = await FetchAsync(round, Side, JobBlocks.Tables, command.SourceVersion, block, cancellationToken).ConfigureAwait(false);
            _blocks[block] = tables.Copy();
            FactorBlock best = await FetchAsync(round, Side, BestNameOf(command), command.BestVersion, block, cancellationToken).ConfigureAwait(false);
            _best[block] = best.Copy();
        }
    }

    private async Task ReclaimAsync(RoundInput round, CancellationToken cancellationToken)
    {
        RunRound command = round.Command;
        foreach (int block in _blocks.Keys.ToArray())
        {
            int holder = command.Holders[block];
            if (holder >= 0)
            {
                _blocks[block] = await Blocks.PullAsync(
                    round.Endpoints.Of(new PartitionId(Side.User, holder)),
                    JobBlocks.LentKey(Spec.Job, command.SourceVersion, block, command.Versions[block]),
                    FactorBlock.Reader.Instance,
                    cancellationToken).ConfigureAwait(false);
            }
        }
    }
}

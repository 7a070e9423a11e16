using DistRec.Actors;
using DistRec.Models.MatrixFactorization;
using DistRec.Models;
using DistRec.Numerics.Random;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Actors;

/// <summary>
/// Home of some item blocks of a descending model (<c>parameters/s</c>): block b lives on shard b mod S. Blocks are lent during an
/// epoch and reclaimed from their last holders at its end.
/// </summary>
internal class ParameterShardActor(string kind, int shard, NodeParts node) : Participant(Side.Item, kind, shard, node)
{
    private readonly SortedDictionary<int, FactorBlock> _blocks = [];
    private readonly Dictionary<int, FactorBlock> _kept = [];

    /// <param name="shard">Which.</param>
    /// <param name="node">What the participants of the node share.</param>
    public ParameterShardActor(int shard, NodeParts node)
        : this(Addresses.ParameterKind, shard, node)
    {
    }

    /// <summary>The newest tables, by block.</summary>
    protected IReadOnlyDictionary<int, FactorBlock> Blocks => _blocks;

    protected override bool IsLoaded => _blocks.Count > 0;

    /// <summary>Puts newer tables in a block's place.</summary>
    protected void Replace(int block, FactorBlock tables)
    {
        if (tables.Biases.Length != _blocks[block].Biases.Length || tables.Factors.Rank != Width)
        {
            throw new InvalidDataException(
                $"block {block}: expected [{_blocks[block].Biases.Length}, {Width}], found [{tables.Biases.Length}, {tables.Factors.Rank}]");
        }

        _blocks[block] = tables;
    }

    protected override async Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken)
    {
        switch (command.Kind)
        {
            case RoundKind.Load:
                _blocks.Clear();
                _kept.Clear();
                for (int block = 0; block < Spec.BlockStarts.Count - 1; block++)
                {
                    if (Addresses.OwnerOf(Side.Item, Spec, block).Shard == Shard)
                    {
                        _blocks[block] = FactorBlock.Zeros(Spec.BlockStarts[block + 1] - Spec.BlockStarts[block], Width);
                    }
                }

                return default;
            case RoundKind.Initialize:
                await InitializeAsync(cancellationToken).ConfigureAwait(false);
                PublishBlocks(command.Version, _blocks);
                return default;
            case RoundKind.Reclaim:
                await ReclaimAsync(command, cancellationToken).ConfigureAwait(false);
                PublishBlocks(command.Version, _blocks);
                return default;
            case RoundKind.Keep:
                foreach ((int block, FactorBlock tables) in _blocks)
                {
                    _kept.TryAdd(block, FactorBlock.Zeros(tables.Biases.Length, Width));
                    _kept[block].CopyFrom(tables);
                }

                return default;
            case RoundKind.Restore:
                foreach (int block in _blocks.Keys.ToArray())
                {
                    // Fresh tables: a worker whose descent was abandoned may still be writing into those that it was lent.
                    _blocks[block] = _kept[block].Copy();
                }

                PublishBlocks(command.Version, _blocks);
                return default;
            case RoundKind.Fetch:
                await FetchAsync(command, cancellationToken).ConfigureAwait(false);
                PublishBlocks(command.Version, _blocks);
                return default;
            case RoundKind.Cut:
                foreach ((int block, FactorBlock tables) in _blocks)
                {
                    PublishTables(command.Version, Addresses.Tables, block, tables.Copy());
                    PublishTables(command.Version, Addresses.KeptTables, block, _kept.GetValueOrDefault(block, tables).Copy());
                }

                return default;
            case RoundKind.Publish or RoundKind.PublishKept:
                foreach ((int block, FactorBlock tables) in _blocks)
                {
                    PublishForClient(command, block, tables, _kept.GetValueOrDefault(block));
                }

                return default;
            default:
                throw new NotSupportedException($"{Kind} has no part in a round {command.Kind}");
        }
    }

    private int Width => JobSpecs.WidthOf(Side.Item, Spec);

    protected override void Forget()
    {
        _blocks.Clear();
        _kept.Clear();
    }

    // One block of the exchange for each item block: that is the unit that is lent.
    protected void PublishBlocks(long version, IEnumerable<KeyValuePair<int, FactorBlock>> blocks)
    {
        foreach ((int block, FactorBlock tables) in blocks)
        {
            PublishTables(version, Addresses.Tables, block, tables);
        }
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        _kept.Clear();
        foreach (int block in _blocks.Keys.ToArray())
        {
            // Fresh tables: what an earlier attempt published may still be read.
            FactorBlock tables = _blocks[block] = FactorBlock.Zeros(_blocks[block].Biases.Length, Width);
            if (Spec.Resume is null)
            {
                JobSpecs.DrawItems(Spec, tables, Spec.BlockStarts[block]);
                continue;
            }

            tables.CopyFrom(await FetchAsync(Kind, Addresses.Tables, 0, block, cancellationToken).ConfigureAwait(false));
            _kept[block] = (await FetchAsync(Kind, Addresses.KeptTables, 0, block, cancellationToken).ConfigureAwait(false)).Copy();
        }
    }

    private async Task FetchAsync(RunRound command, CancellationToken cancellationToken)
    {
        foreach (int block in _blocks.Keys.ToArray())
        {
            FactorBlock tables = await FetchAsync(Kind, Addresses.Tables, command.SourceVersion, block, cancellationToken).ConfigureAwait(false);
            _blocks[block] = tables.Copy();
            _kept[block] = (await FetchAsync(Kind, KeptNameOf(command), command.KeptVersion, block, cancellationToken).ConfigureAwait(false)).Copy();
        }
    }

    private async Task ReclaimAsync(RunRound command, CancellationToken cancellationToken)
    {
        foreach (int block in _blocks.Keys.ToArray())
        {
            int holder = command.Holders[block];
            if (holder >= 0)
            {
                _blocks[block] = await Context.Blocks.PullAsync(
                    new ActorAddress(Addresses.WorkerKind, holder),
                    Addresses.LentKey(Spec.Job, command.SourceVersion, block, command.Versions[block]),
                    FactorBlock.Reader.Instance,
                    cancellationToken).ConfigureAwait(false);
            }
        }
    }
}

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
internal sealed class ParameterShardActor(int shard) : Participant(Addresses.ParameterKind, shard)
{
    private readonly SortedDictionary<int, FactorBlock> _blocks = [];
    private readonly Dictionary<int, FactorBlock> _kept = [];

    /// <summary>The shard that a block lives on.</summary>
    public static int ShardOf(int block, JobSpec spec) => block % (spec.UserStarts.Count - 1);

    protected override async Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken)
    {
        switch (command.Kind)
        {
            case RoundKind.Load:
                _blocks.Clear();
                _kept.Clear();
                for (int block = 0; block < Spec.BlockStarts.Count - 1; block++)
                {
                    if (ShardOf(block, Spec) == Shard)
                    {
                        _blocks[block] = FactorBlock.Zeros(Spec.BlockStarts[block + 1] - Spec.BlockStarts[block], Spec.Mf.Rank);
                    }
                }

                return default;
            case RoundKind.Initialize:
                await InitializeAsync(cancellationToken).ConfigureAwait(false);
                PublishBlocks(command.Round, Addresses.Tables, _blocks);
                return default;
            case RoundKind.Reclaim:
                await ReclaimAsync(command, cancellationToken).ConfigureAwait(false);
                PublishBlocks(command.Round, Addresses.Tables, _blocks);
                return default;
            case RoundKind.Keep:
                foreach ((int block, FactorBlock tables) in _blocks)
                {
                    _kept.TryAdd(block, FactorBlock.Zeros(tables.Biases.Length, Spec.Mf.Rank));
                    _kept[block].CopyFrom(tables);
                }

                return default;
            case RoundKind.Restore:
                foreach ((int block, FactorBlock tables) in _blocks)
                {
                    tables.CopyFrom(_kept[block]);
                }

                PublishBlocks(command.Round, Addresses.Tables, _blocks);
                return default;
            case RoundKind.Publish:
                PublishBlocks(command.Round, Addresses.Tables, _blocks);
                PublishBlocks(command.Round, Addresses.KeptTables, _kept.Count > 0 ? _kept : _blocks);
                return default;
            case RoundKind.PublishKept:
                PublishBlocks(command.Round, Addresses.Tables, _kept.Count > 0 ? _kept : _blocks);
                return default;
            default:
                throw new NotSupportedException($"{Kind} has no part in a round {command.Kind}");
        }
    }

    // One block of the exchange for each item block: that is the unit that is lent.
    private void PublishBlocks(long round, string name, IEnumerable<KeyValuePair<int, FactorBlock>> blocks)
    {
        foreach ((int block, FactorBlock tables) in blocks)
        {
            Context.Blocks.Publish(Addresses.TablesKey(Spec.Job, round, Kind, name, block), tables);
        }
    }

    private async Task InitializeAsync(CancellationToken cancellationToken)
    {
        MfOptions options = JobSpecs.MfOf(Spec);
        foreach ((int block, FactorBlock tables) in _blocks)
        {
            if (Spec.Resume is null)
            {
                InitialFactors.Draw(tables.Factors, Spec.BlockStarts[block], options.InitialScale, options.Seed, RandomPurpose.ItemFactors);
                continue;
            }

            tables.CopyFrom(await PullResumeBlockAsync(Addresses.Tables, block, cancellationToken).ConfigureAwait(false));
            _kept[block] = (await PullResumeBlockAsync(Addresses.KeptTables, block, cancellationToken).ConfigureAwait(false)).Copy();
        }
    }

    private async Task<FactorBlock> PullResumeBlockAsync(string name, int block, CancellationToken cancellationToken) =>
        await Context.Blocks.PullAsync(
            Addresses.Source, Addresses.ResumeKey(Spec.Job, Kind, name, block), FactorBlock.Reader.Instance, cancellationToken).ConfigureAwait(false);

    private async Task ReclaimAsync(RunRound command, CancellationToken cancellationToken)
    {
        foreach (int block in _blocks.Keys.ToArray())
        {
            int holder = command.Holders[block];
            if (holder >= 0)
            {
                _blocks[block] = await Context.Blocks.PullAsync(
                    new ActorAddress(Addresses.UserKind, holder),
                    Addresses.LentKey(Spec.Job, command.SourceRound, block, command.Versions[block]),
                    FactorBlock.Reader.Instance,
                    cancellationToken).ConfigureAwait(false);
            }
        }
    }
}

using DistRec.Actors;
using DistRec.Models;
using DistRec.Training.Actors;
using DistRec.Training.Journal;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;

namespace DistRec.Training.Jobs;

/// <summary>Keeps a cluster's job: events in the journal, snapshots and the model in the store.</summary>
internal sealed class StoreKeeper(IBlockExchange blocks, JobSpec spec, StoredJob stored, IJobJournal journal) : IJobKeeper
{
    public async ValueTask OnEventAsync(JobEvent happening)
    {
        if (happening.Progress is null && happening.Tables is null)
        {
            await journal.AppendAsync(spec.Job, happening).ConfigureAwait(false);
        }
    }

    public async Task TakeAsync(TablesPublished tables, CancellationToken cancellationToken)
    {
        switch (tables.Purpose)
        {
            case TablesPurpose.Model:
                await TakeModelAsync(tables.Version, cancellationToken).ConfigureAwait(false);
                break;
            case TablesPurpose.Snapshot:
                await TakeSnapshotAsync(tables, cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw new InvalidOperationException($"a job with a store has no use for tables published as {tables.Purpose}");
        }
    }

    // A model is there as a whole or not at all.
    private async Task TakeModelAsync(long version, CancellationToken cancellationToken)
    {
        try
        {
            await ForEachAsync(Side.User, version, Addresses.Tables, stored.PutModelAsync, cancellationToken).ConfigureAwait(false);
            await ForEachAsync(Side.Item, version, Addresses.Tables, stored.PutModelAsync, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            try
            {
                await stored.DeleteModelAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (BlobStoreException)
            {
                // What kept the model from being stored may keep it from being removed, and is told already.
            }

            throw;
        }
    }

    // Where rows follow from the other side alone, the item tables are enough: user tables are solved from them again.
    private async Task TakeSnapshotAsync(TablesPublished tables, CancellationToken cancellationToken)
    {
        foreach (Side side in spec.RemembersRows ? new[] { Side.User, Side.Item } : [Side.Item])
        {
            await PutAsync(side, Addresses.Tables).ConfigureAwait(false);
            if (spec.RemembersRows && tables.Snapshot.KeptItems == tables.Version && !tables.Snapshot.KeptIsCurrent)
            {
                await PutAsync(side, Addresses.KeptTables).ConfigureAwait(false);
            }
        }

        await stored.PutSnapshotAsync(tables.Snapshot, tables.Stored, cancellationToken).ConfigureAwait(false);

        Task PutAsync(Side side, string name) => ForEachAsync(
            side,
            tables.Version,
            name,
            (kind, block, values, stop) => stored.PutTablesAsync(blocks, tables.Version, name, kind, block, values, stop),
            cancellationToken);
    }

    private async Task ForEachAsync(
        Side side, long version, string name, Func<string, int, IBlock, CancellationToken, Task> put, CancellationToken cancellationToken)
    {
        int count = Addresses.StartsOf(side, spec).Count - 1;
        for (int block = 0; block < count; block++)
        {
            FactorBlock tables = await PublishedTables.PullAsync(blocks, spec, side, version, name, block, cancellationToken).ConfigureAwait(false);
            await put(Addresses.KindOf(side, spec), block, tables, cancellationToken).ConfigureAwait(false);
        }
    }
}

using System.Globalization;
using System.Text;
using DistRec.Training.Blocks;
using DistRec.Training.Coordination;
using DistRec.Training.Journal;
using DistRec.Training.Storage;
using DistRec.Training.Work;
using Google.Protobuf;

namespace DistRec.Training.Jobs;

/// <summary>
/// What a store holds of one job: the ratings as they were uploaded, tables by version, the snapshots that say what to go on
/// from, and at the end the model.
/// </summary>
/// <remarks>
/// Blobs: <c>jobs/J/data/REGION-PARTITION</c>, <c>jobs/J/tables/VERSION/NAME/REGION-BLOCK</c>, <c>jobs/J/snapshots/TERM</c>,
/// <c>jobs/J/model/TERM/REGION-BLOCK</c>. Versions have terms too (<see cref="JobTerm"/>): no start of the job writes what another one
/// wrote. A snapshot is named by the term of its tables, which may be above that of the queue where the journal was restored from a backup.
/// The one to go on from is that of the newest term, the job's model that of the term in which the journal says that it ended.
/// </remarks>
public sealed class StoredJob(IBlobStore store, string job)
{
    /// <summary>Where the ratings are, each partition's as REGION-PARTITION.</summary>
    public string DataFolder => $"{Folder}/data";

    /// <summary>Where all jobs are.</summary>
    public const string AllFolder = "jobs";

    private string Folder => $"{AllFolder}/{job}";

    // Jobs may share an upload, which is none of theirs and stays when they end.
    private StoredJob WithRatingsOf(JobSpec spec) => spec.RatingsOf.Length > 0 ? new StoredJob(store, spec.RatingsOf) : this;

    private string SnapshotFolder => $"{Folder}/snapshots";

    /// <summary>The blob of one partition's ratings.</summary>
    public string DataName(string region, int partition) => $"{DataFolder}/{region}-{partition}";

    /// <summary>Where the model of a term is, each block as REGION-BLOCK; that of the job is of <see cref="JobEntry.Term"/>.</summary>
    public string ModelFolder(long term) => string.Create(CultureInfo.InvariantCulture, $"{Folder}/model/{term}");

    /// <summary>The blob of one block of a model.</summary>
    public string ModelName(long term, string region, int block) => $"{ModelFolder(term)}/{region}-{block}";

    /// <summary>The partitions whose ratings are not there yet.</summary>
    public async Task<IReadOnlyList<string>> MissingDataAsync(JobSpec spec, CancellationToken cancellationToken)
    {
        StoredJob ratings = WithRatingsOf(spec);
        IReadOnlyList<string> there = await store.ListAsync(ratings.DataFolder, cancellationToken).ConfigureAwait(false);
        return [.. DataOf(spec).Select(part => ratings.DataName(part.Region, part.Partition)).Except(there)];
    }

    /// <summary>Removes everything of the job.</summary>
    /// <returns>Whether there was anything.</returns>
    public async Task<bool> DeleteAsync(CancellationToken cancellationToken)
    {
        bool isThere = (await store.ListAsync(Folder, cancellationToken).ConfigureAwait(false)).Count > 0;
        await store.DeletePrefixAsync(Folder, cancellationToken).ConfigureAwait(false);
        return isThere;
    }

    /// <summary>
    /// Removes what only running jobs need of those that have ended: a node that is lost between the end of a job and its clearing
    /// leaves it there.
    /// </summary>
    /// <returns>The jobs that something was removed of.</returns>
    internal static async Task<IReadOnlyList<string>> ClearEndedAsync(IBlobStore store, IReadOnlyList<JobEntry> jobs, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> all = await store.ListAsync(AllFolder, cancellationToken).ConfigureAwait(false);
        ILookup<string, string> names = all.ToLookup(name => name.Split('/')[1]);
        List<string> cleared = [];
        foreach (JobEntry entry in jobs.Where(entry => entry.HasEnded))
        {
            if (await new StoredJob(store, entry.Job).DeleteAllButModelAsync(names[entry.Job], entry.Term, cancellationToken).ConfigureAwait(false))
            {
                cleared.Add(entry.Job);
            }
        }

        return cleared;
    }

    /// <summary>Removes of a job that has ended what only a running one needs, and what starts that were given up left.</summary>
    /// <param name="term">Whose model stays.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task DeleteAllButModelAsync(long term, CancellationToken cancellationToken) =>
        await DeleteAllButModelAsync(await store.ListAsync(Folder, cancellationToken).ConfigureAwait(false), term, cancellationToken).ConfigureAwait(false);

    private async Task<bool> DeleteAllButModelAsync(IEnumerable<string> names, long term, CancellationToken cancellationToken)
    {
        string[] left = [.. names.Where(name => !BlobName.IsBeneath(name, ModelFolder(term)))];
        foreach (string name in left)
        {
            await store.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
        }

        return left.Length > 0;
    }

    /// <summary>Publishes the ratings, and the tables of the snapshot to go on from, in the exchange of this node, unread.</summary>
    internal async Task PublishAsync(IBlockExchange blocks, JobSpec spec, Snapshot? snapshot, CancellationToken cancellationToken)
    {
        StoredJob ratings = WithRatingsOf(spec);
        foreach ((string region, int partition) in DataOf(spec))
        {
            StoredBlock block = await StoredBlock.OpenAsync(store, ratings.DataName(region, partition), cancellationToken).ConfigureAwait(false);
            blocks.Publish(JobBlocks.RatingsKey(job, region, partition), block);
        }

        // A start that was given up may be removing others.
        long[] needed = snapshot is null ? [] : [snapshot.Tables, snapshot.BestItems, snapshot.BestUsersSource];
        foreach (string name in await store.ListAsync($"{Folder}/tables", cancellationToken).ConfigureAwait(false))
        {
            string[] parts = name.Split('/');
            long version = VersionOf(name);
            if (!needed.Contains(version))
            {
                continue;
            }

            int dash = parts[^1].LastIndexOf('-');
            blocks.Publish(
                JobBlocks.StoredKey(
                    job,
                    version,
                    parts[^1][..dash],
                    parts[^2],
                    int.Parse(parts[^1][(dash + 1)..], CultureInfo.InvariantCulture)),
                await StoredBlock.OpenAsync(store, name, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Stores and publishes one block of tables.</summary>
    internal async Task PutTablesAsync(
        IBlockExchange blocks, long version, string name, string region, int block, IBlock tables, CancellationToken cancellationToken)
    {
        string blob = string.Create(CultureInfo.InvariantCulture, $"{Folder}/tables/{version}/{name}/{region}-{block}");
        StoredBlock stored = await StoredBlock.PutAsync(store, blob, tables, cancellationToken).ConfigureAwait(false);

        // Whoever gave up has freed the job's blocks.
        cancellationToken.ThrowIfCancellationRequested();
        blocks.Publish(JobBlocks.StoredKey(job, version, region, name, block), stored);
    }

    /// <summary>Stores one block of a model.</summary>
    internal Task PutModelAsync(long term, string region, int block, IBlock tables, CancellationToken cancellationToken) =>
        StoredBlock.PutAsync(store, ModelName(term, region, block), tables, cancellationToken);

    /// <summary>Removes what was stored of a term's model.</summary>
    internal Task DeleteModelAsync(long term, CancellationToken cancellationToken) => store.DeletePrefixAsync(ModelFolder(term), cancellationToken);

    /// <summary>Makes a snapshot the one to go on from; its tables are stored.</summary>
    internal Task PutSnapshotAsync(Snapshot snapshot, CancellationToken cancellationToken)
    {
        byte[] json = Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(snapshot));
        return store.PutAsync(
            SnapshotName(JobTerm.Of(snapshot.Tables)), async (stream, stop) => await stream.WriteAsync(json, stop).ConfigureAwait(false), cancellationToken);
    }

    /// <summary>Removes the snapshots of earlier terms, and older tables that nothing refers to any more; a later term's stay.</summary>
    /// <param name="snapshot">The newest snapshot.</param>
    /// <param name="needed">Older versions that stay.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task DeleteOlderAsync(Snapshot snapshot, IReadOnlyCollection<long> needed, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> tables = await store.ListAsync($"{Folder}/tables", cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> snapshots = await store.ListAsync(SnapshotFolder, cancellationToken).ConfigureAwait(false);
        foreach (string name in tables.Where(name => VersionOf(name) < snapshot.Tables && !needed.Contains(VersionOf(name)))
            .Concat(snapshots.Where(name => TermOf(name) < JobTerm.Of(snapshot.Tables))))
        {
            await store.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The snapshot to go on from; null for none.</summary>
    internal async Task<Snapshot?> FindSnapshotAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = await store.ListAsync(SnapshotFolder, cancellationToken).ConfigureAwait(false);
        if (names.Count == 0)
        {
            return null;
        }

        string name = SnapshotName(names.Max(TermOf));
        using MemoryStream json = new();
        Stream stream = await store.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.CopyToAsync(json, cancellationToken).ConfigureAwait(false);
        }

        return Snapshot.Parser.ParseJson(Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length));
    }

    private string SnapshotName(long term) => string.Create(CultureInfo.InvariantCulture, $"{SnapshotFolder}/{term}");

    // …/snapshots/TERM
    private static long TermOf(string name) => long.Parse(name.Split('/')[^1], CultureInfo.InvariantCulture);

    // …/tables/VERSION/NAME/REGION-BLOCK
    private static long VersionOf(string name) => long.Parse(name.Split('/')[^3], CultureInfo.InvariantCulture);

    private static IEnumerable<(string Region, int Partition)> DataOf(JobSpec spec)
    {
        foreach (Side side in spec.Scheme == TrainingScheme.Alternating ? new[] { Side.User, Side.Item } : [Side.User])
        {
            for (int partition = 0; partition < JobLayout.PartitionsOf(spec); partition++)
            {
                yield return (JobLayout.RegionOf(side, spec), partition);
            }
        }

        if (spec.Options.NeighborLists is not null)
        {
            yield return (JobLayout.ParameterRegion, 0);
        }
    }
}

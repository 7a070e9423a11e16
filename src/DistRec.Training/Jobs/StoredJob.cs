using System.Globalization;
using System.Text;
using DistRec.Models;
using DistRec.Training.Blocks;
using DistRec.Training.Coordination;
using DistRec.Training.Journal;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;
using DistRec.Training.Work;
using Google.Protobuf;

namespace DistRec.Training.Jobs;

/// <summary>
/// What a store holds of one job: the ratings as they were uploaded, tables by version, the snapshot that says what to go on
/// from, and at the end the model.
/// </summary>
/// <remarks>Blobs: <c>jobs/J/data/REGION-PARTITION</c>, <c>jobs/J/tables/VERSION/NAME/REGION-BLOCK</c>, <c>jobs/J/snapshot</c>,
/// <c>jobs/J/model/REGION-BLOCK</c>.</remarks>
public sealed class StoredJob(IBlobStore store, string job)
{
    /// <summary>Where the ratings are, each partition's as REGION-PARTITION.</summary>
    public string DataFolder => $"{Folder}/data";

    /// <summary>Where the model is, each block as REGION-BLOCK.</summary>
    public string ModelFolder => $"{Folder}/{ModelPart}";

    private const string ModelPart = "model";

    /// <summary>Where all jobs are.</summary>
    public const string AllFolder = "jobs";

    private string Folder => $"{AllFolder}/{job}";

    /// <summary>The blob of one partition's ratings.</summary>
    public string DataName(string region, int partition) => $"{DataFolder}/{region}-{partition}";

    /// <summary>The blob of one block of the model.</summary>
    public string ModelName(string region, int block) => $"{ModelFolder}/{region}-{block}";

    /// <summary>The partitions whose ratings are not there yet.</summary>
    public async Task<IReadOnlyList<string>> MissingDataAsync(JobSpec spec, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> there = await store.ListAsync(DataFolder, cancellationToken).ConfigureAwait(false);
        return [.. DataOf(spec).Select(part => DataName(part.Region, part.Partition)).Except(there)];
    }

    /// <summary>Whether the model is there.</summary>
    public async Task<bool> HasModelAsync(CancellationToken cancellationToken) =>
        (await store.ListAsync(ModelFolder, cancellationToken).ConfigureAwait(false)).Count > 0;

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
        // jobs/J/WHAT…
        IReadOnlyList<string> names = await store.ListAsync(AllFolder, cancellationToken).ConfigureAwait(false);
        HashSet<string> left = [.. names.Select(name => name.Split('/')).Where(parts => parts is [_, _, not ModelPart, ..]).Select(parts => parts[1])];
        List<string> cleared = [];
        foreach (JobEntry entry in jobs)
        {
            if (entry.HasEnded && left.Contains(entry.Job))
            {
                await new StoredJob(store, entry.Job).DeleteAllButModelAsync(cancellationToken).ConfigureAwait(false);
                cleared.Add(entry.Job);
            }
        }

        return cleared;
    }

    /// <summary>Removes what only a running job needs.</summary>
    internal async Task DeleteAllButModelAsync(CancellationToken cancellationToken)
    {
        await store.DeletePrefixAsync(DataFolder, cancellationToken).ConfigureAwait(false);
        await store.DeletePrefixAsync($"{Folder}/tables", cancellationToken).ConfigureAwait(false);
        await store.DeleteAsync($"{Folder}/snapshot", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Publishes the ratings and all stored tables in the exchange of this node, unread.</summary>
    internal async Task PublishAsync(IBlockExchange blocks, JobSpec spec, CancellationToken cancellationToken)
    {
        foreach ((string region, int partition) in DataOf(spec))
        {
            StoredBlock block = await StoredBlock.OpenAsync(store, DataName(region, partition), cancellationToken).ConfigureAwait(false);
            blocks.Publish(JobBlocks.RatingsKey(job, region, partition), block);
        }

        foreach (string name in await store.ListAsync($"{Folder}/tables", cancellationToken).ConfigureAwait(false))
        {
            // …/tables/VERSION/NAME/REGION-BLOCK
            string[] parts = name.Split('/');
            int dash = parts[^1].LastIndexOf('-');
            blocks.Publish(
                JobBlocks.StoredKey(
                    job,
                    long.Parse(parts[^3], CultureInfo.InvariantCulture),
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

    /// <summary>Stores one block of the model.</summary>
    internal Task PutModelAsync(string region, int block, IBlock tables, CancellationToken cancellationToken) =>
        StoredBlock.PutAsync(store, ModelName(region, block), tables, cancellationToken);

    /// <summary>Removes what was stored of a model.</summary>
    internal Task DeleteModelAsync(CancellationToken cancellationToken) => store.DeletePrefixAsync(ModelFolder, cancellationToken);

    /// <summary>Makes a snapshot the one to go on from, and removes tables that nothing refers to any more.</summary>
    /// <param name="snapshot">Its tables are stored.</param>
    /// <param name="needed">Older versions that stay.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task PutSnapshotAsync(Snapshot snapshot, IEnumerable<long> needed, CancellationToken cancellationToken)
    {
        byte[] json = Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(snapshot));
        await store.PutAsync($"{Folder}/snapshot", async (stream, stop) => await stream.WriteAsync(json, stop).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);
        HashSet<string> kept = [.. needed.Append(snapshot.Tables).Select(version => version.ToString(CultureInfo.InvariantCulture))];
        IReadOnlyList<string> names = await store.ListAsync($"{Folder}/tables", cancellationToken).ConfigureAwait(false);
        foreach (string name in names.Where(name => !kept.Contains(name.Split('/')[^3])))
        {
            await store.DeleteAsync(name, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The snapshot to go on from; null for none.</summary>
    internal async Task<Snapshot?> FindSnapshotAsync(CancellationToken cancellationToken)
    {
        string name = $"{Folder}/snapshot";
        if (!await store.ExistsAsync(name, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        using MemoryStream json = new();
        Stream stream = await store.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.CopyToAsync(json, cancellationToken).ConfigureAwait(false);
        }

        return Snapshot.Parser.ParseJson(Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length));
    }

    private static IEnumerable<(string Region, int Partition)> DataOf(JobSpec spec)
    {
        foreach (Side side in spec.Scheme == TrainingScheme.Alternating ? new[] { Side.User, Side.Item } : [Side.User])
        {
            for (int partition = 0; partition < JobLayout.PartitionsOf(spec); partition++)
            {
                yield return (JobLayout.RegionOf(side, spec), partition);
            }
        }
    }
}

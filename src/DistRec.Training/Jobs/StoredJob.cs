using System.Globalization;
using System.Text;
using DistRec.Actors;
using DistRec.Models;
using DistRec.Training.Actors;
using DistRec.Training.Journal;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;
using Google.Protobuf;

namespace DistRec.Training.Jobs;

/// <summary>
/// What a store holds of one job: the ratings as they were uploaded, tables by version, the snapshot that says what to go on
/// from, and at the end the model.
/// </summary>
/// <remarks>Blobs: <c>jobs/J/data/KIND-SHARD</c>, <c>jobs/J/tables/VERSION/NAME/KIND-BLOCK</c>, <c>jobs/J/snapshot</c>,
/// <c>jobs/J/model/KIND-BLOCK</c>.</remarks>
public sealed class StoredJob(IBlobStore store, string job)
{
    /// <summary>Where the ratings are, each partition's as KIND-SHARD.</summary>
    public string DataFolder => $"{Folder}/data";

    /// <summary>Where the model is, each block as KIND-BLOCK.</summary>
    public string ModelFolder => $"{Folder}/{ModelPart}";

    private const string ModelPart = "model";

    /// <summary>Where all jobs are.</summary>
    public const string AllFolder = "jobs";

    private string Folder => $"{AllFolder}/{job}";

    /// <summary>The blob of one partition's ratings.</summary>
    public string DataName(string kind, int shard) => $"{DataFolder}/{kind}-{shard}";

    /// <summary>The blob of one block of the model.</summary>
    public string ModelName(string kind, int block) => $"{ModelFolder}/{kind}-{block}";

    /// <summary>The partitions whose ratings are not there yet.</summary>
    public async Task<IReadOnlyList<string>> MissingDataAsync(JobSpec spec, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> there = await store.ListAsync(DataFolder, cancellationToken).ConfigureAwait(false);
        return [.. DataOf(spec).Select(part => DataName(part.Kind, part.Shard)).Except(there)];
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
    internal static async Task<IReadOnlyList<string>> ClearEndedAsync(IBlobStore store, IJobJournal journal, CancellationToken cancellationToken)
    {
        // jobs/J/WHAT…
        IReadOnlyList<string> names = await store.ListAsync(AllFolder, cancellationToken).ConfigureAwait(false);
        HashSet<string> left = [.. names.Select(name => name.Split('/')).Where(parts => parts is [_, _, not ModelPart, ..]).Select(parts => parts[1])];
        List<string> cleared = [];
        foreach (JobEntry entry in await journal.ListAsync(cancellationToken).ConfigureAwait(false))
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
        foreach ((string kind, int shard) in DataOf(spec))
        {
            StoredBlock block = await StoredBlock.OpenAsync(store, DataName(kind, shard), cancellationToken).ConfigureAwait(false);
            blocks.Publish(Addresses.RatingsKey(job, kind, shard), block);
        }

        foreach (string name in await store.ListAsync($"{Folder}/tables", cancellationToken).ConfigureAwait(false))
        {
            // …/tables/VERSION/NAME/KIND-BLOCK
            string[] parts = name.Split('/');
            int dash = parts[^1].LastIndexOf('-');
            blocks.Publish(
                Addresses.StoredKey(
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
        IBlockExchange blocks, long version, string name, string kind, int block, IBlock tables, CancellationToken cancellationToken)
    {
        string blob = string.Create(CultureInfo.InvariantCulture, $"{Folder}/tables/{version}/{name}/{kind}-{block}");
        StoredBlock stored = await StoredBlock.PutAsync(store, blob, tables, cancellationToken).ConfigureAwait(false);
        blocks.Publish(Addresses.StoredKey(job, version, kind, name, block), stored);
    }

    /// <summary>Stores one block of the model.</summary>
    internal Task PutModelAsync(string kind, int block, IBlock tables, CancellationToken cancellationToken) =>
        StoredBlock.PutAsync(store, ModelName(kind, block), tables, cancellationToken);

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

    private static IEnumerable<(string Kind, int Shard)> DataOf(JobSpec spec)
    {
        foreach (Side side in spec.Descends ? [Side.User] : new[] { Side.User, Side.Item })
        {
            for (int shard = 0; shard < spec.UserStarts.Count - 1; shard++)
            {
                yield return (Addresses.KindOf(side, spec), shard);
            }
        }
    }
}

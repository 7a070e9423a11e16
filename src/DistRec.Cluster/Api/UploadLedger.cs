using DistRec.Cluster.Hosting;
using DistRec.Training.Jobs;
using DistRec.Training.Journal;
using DistRec.Training.Storage;
using Microsoft.Extensions.Logging;

namespace DistRec.Cluster.Api;

/// <summary>
/// What was uploaded for jobs that are not submitted: there is a quota for all of it, and what lies there for too long is removed. Whoever
/// uploads and goes away would otherwise fill the store for good.
/// </summary>
internal sealed class UploadLedger : IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(5);

    private readonly IBlobStore _store;
    private readonly IJobJournal _journal;
    private readonly ClusterNodeOptions _options;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Upload> _uploads = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private int _isSweeping;
    private bool _hasLooked;

    public UploadLedger(IBlobStore store, IJobJournal journal, ClusterNodeOptions options, ILogger logger)
    {
        _store = store;
        _journal = journal;
        _options = options;
        _logger = logger;
        _timer = options.Time.CreateTimer(_ => _ = SweepAsync(), null, SweepInterval, SweepInterval);
    }

    /// <summary>Bytes of what is uploaded and not submitted.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _uploads.Values.Sum(upload => upload.Bytes);
            }
        }
    }

    /// <summary>Makes room for a part of a job that is about to come.</summary>
    /// <param name="job">The job.</param>
    /// <param name="part">Which part.</param>
    /// <param name="bytes">How long it will be.</param>
    /// <param name="before">How long the part is that is there; 0 for none. See <see cref="GiveBack"/>.</param>
    /// <returns>Null if there is room; otherwise what was expected and found, and what to do.</returns>
    public string? Reserve(string job, string part, long bytes, out long before)
    {
        lock (_gate)
        {
            Upload upload = _uploads.GetValueOrDefault(job) ?? new Upload();
            before = upload.Parts.GetValueOrDefault(part);
            long others = _uploads.Values.Sum(known => known.Bytes) - before;
            if (others + bytes > _options.UploadQuota)
            {
                return $"{part}: expected at most {_options.UploadQuota} bytes of uploads that are not submitted, found {others} and {bytes} more; "
                    + "submit or remove what was uploaded, or raise --upload-quota";
            }

            upload.Parts[part] = bytes;
            upload.Touched = _options.Time.GetUtcNow();
            _uploads[job] = upload;
            return null;
        }
    }

    /// <summary>A part that room was made for was not stored: what was there before counts again.</summary>
    public void GiveBack(string job, string part, long before)
    {
        lock (_gate)
        {
            if (_uploads.TryGetValue(job, out Upload? upload))
            {
                upload.Parts[part] = before;
            }
        }
    }

    /// <summary>A job was submitted that shares an upload, which thereby stays: it lies there for a reason.</summary>
    public void Touch(string upload)
    {
        lock (_gate)
        {
            if (_uploads.TryGetValue(upload, out Upload? shared))
            {
                shared.Touched = _options.Time.GetUtcNow();
            }
        }
    }

    /// <summary>A job was submitted or removed: its upload counts no longer.</summary>
    public void Forget(string job)
    {
        lock (_gate)
        {
            _uploads.Remove(job);
        }
    }

    /// <summary>Removes what has expired. What was there when the node started counts as uploaded then.</summary>
    public async Task SweepAsync()
    {
        if (Interlocked.Exchange(ref _isSweeping, 1) == 1)
        {
            return;
        }

        try
        {
            await LookAsync().ConfigureAwait(false);
            DateTimeOffset now = _options.Time.GetUtcNow();
            string[] expired;
            lock (_gate)
            {
                expired = [.. _uploads.Where(upload => now - upload.Value.Touched >= _options.UploadExpiry).Select(upload => upload.Key)];
            }

            // Jobs that have not ended may share one.
            IEnumerable<string> used = expired.Length == 0 ? []
                : (await _journal.PendingAsync().ConfigureAwait(false)).Select(entry => entry.Spec.RatingsOf);
            foreach (string job in expired.Except(used))
            {
                if (await _journal.FindAsync(job).ConfigureAwait(false) is null)
                {
                    await new StoredJob(_store, job).DeleteAsync(CancellationToken.None).ConfigureAwait(false);
                    _logger.LogInformation("What was uploaded for job {Job} was removed: it was not submitted for {Hours:0.#} hours.", job, _options.UploadExpiry.TotalHours);
                }

                Forget(job);
            }
        }
        catch (Exception exception) when (exception is BlobStoreException or JobJournalException)
        {
            _logger.LogWarning(exception, "Uploads that have expired may still be stored.");
        }
        finally
        {
            Volatile.Write(ref _isSweeping, 0);
        }
    }

    public void Dispose() => _timer.Dispose();

    private async Task LookAsync()
    {
        if (_hasLooked)
        {
            return;
        }

        HashSet<string> submitted = [.. (await _journal.ListAsync().ConfigureAwait(false)).Select(entry => entry.Job)];
        IReadOnlyList<string> names = await _store.ListAsync(StoredJob.AllFolder).ConfigureAwait(false);
        foreach (string job in names.Select(name => name.Split('/')[1]).Distinct().Where(job => !submitted.Contains(job)))
        {
            long bytes = await _store.SizeAsync($"{StoredJob.AllFolder}/{job}").ConfigureAwait(false);
            lock (_gate)
            {
                if (!_uploads.ContainsKey(job))
                {
                    _uploads[job] = new Upload { Touched = _options.Time.GetUtcNow(), Parts = { [""] = bytes } };
                }
            }
        }

        _hasLooked = true;
    }

    private sealed class Upload
    {
        public Dictionary<string, long> Parts { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset Touched { get; set; }

        public long Bytes => Parts.Values.Sum();
    }
}

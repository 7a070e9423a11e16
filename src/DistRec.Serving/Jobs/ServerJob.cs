namespace DistRec.Serving.Jobs;

/// <summary>A job that was submitted through this server, as it stands. Safe for any number of threads.</summary>
/// <param name="record">What is kept of it.</param>
/// <param name="folder">Its folder.</param>
internal sealed class ServerJob(JobRecord record, string folder) : IDisposable
{
    private readonly CancellationTokenSource _cancelled = new();
    private volatile JobRecord _record = record;
    private volatile string _doing = "";

    /// <summary>What is kept of it.</summary>
    public JobRecord Record => _record;

    /// <summary>Its folder.</summary>
    public string Folder => folder;

    /// <summary>Where its model goes.</summary>
    public string ModelFolder => JobRecord.ModelFolderOf(folder);

    /// <summary>What is being done, in words.</summary>
    public string Doing
    {
        get => _doing;
        set => _doing = value;
    }

    /// <summary>Fires when it is not to be submitted any more.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    /// <summary>Its run in this process.</summary>
    public Task Running { get; set; } = Task.CompletedTask;

    /// <summary>It is not to be submitted any more.</summary>
    public Task CancelAsync() => _cancelled.CancelAsync();

    /// <summary>It has ended.</summary>
    /// <exception cref="InputException">That cannot be kept.</exception>
    public void End(JobRecord ended)
    {
        ended.Save(folder);
        _record = ended;
    }

    public void Dispose() => _cancelled.Dispose();
}

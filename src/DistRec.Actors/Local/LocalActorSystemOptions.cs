namespace DistRec.Actors;

/// <summary>Settings of the engine of one process.</summary>
public sealed record LocalActorSystemOptions
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The largest message in bytes, 64 KiB unless told.</summary>
    public int MessageSizeLimit { get; init; } = 64 * 1024;

    /// <summary>How long a send waits for room in a full mailbox.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long stopping waits for handlers and work outside mailboxes.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The width of the system's own compute pool; not used when <see cref="Compute"/> is given.</summary>
    public int ComputeThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>A pool shared with others, which the system does not dispose of.</summary>
    public IComputePool? Compute { get; init; }

    /// <summary>Checks everything and reports all that is wrong at once.</summary>
    /// <exception cref="ArgumentException">One line for each mistake.</exception>
    public void Validate()
    {
        List<string> errors = [];
        if (MessageSizeLimit < 1)
        {
            errors.Add($"MessageSizeLimit: expected at least 1 byte, found {MessageSizeLimit}");
        }

        if (SendTimeout <= TimeSpan.Zero)
        {
            errors.Add($"SendTimeout: expected more than 0, found {SendTimeout}");
        }

        if (StopTimeout <= TimeSpan.Zero)
        {
            errors.Add($"StopTimeout: expected more than 0, found {StopTimeout}");
        }

        if (Compute is null && ComputeThreads < 1)
        {
            errors.Add($"ComputeThreads: expected at least 1, found {ComputeThreads}");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException($"The local actor system cannot start:\n  {string.Join("\n  ", errors)}");
        }
    }
}

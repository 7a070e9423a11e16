namespace DistRec.Cli;

/// <summary>A command's environment, replaceable in tests.</summary>
public sealed record CliHost
{
    /// <summary>Where results go: with <c>--json</c> exactly one JSON object.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Where progress, notes and mistakes go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether results are read by a person at a terminal.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether progress is read by a person at a terminal; otherwise it is plain lines.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Reads an environment variable; null where it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Cancelled when a person asks to stop: commands end cleanly and can be resumed.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Cores of this machine: the default number of threads.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes of memory that this process may have: the machine's, or what a container or setting leaves of it.</summary>
    public long AvailableMemory { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Sends requests; null uses the network.</summary>
    public HttpMessageHandler? Network { get; init; }

    /// <summary>The arguments as typed, to say how a stopped command is resumed.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}

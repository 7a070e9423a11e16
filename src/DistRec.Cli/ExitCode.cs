namespace DistRec.Cli;

/// <summary>What a command's exit code says.</summary>
public static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>A job failed, or something unexpected happened.</summary>
    public const int Failure = 1;

    /// <summary>Something a person gave is wrong: an option, a file, an id.</summary>
    public const int BadInput = 2;

    /// <summary>Stopped by a person, as shells report it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}

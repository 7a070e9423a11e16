namespace DistRec.Training.Storage;

/// <summary>Tells a full disk from other failures, which the framework does by number alone.</summary>
internal static class DiskFull
{
    private const int NoSpace = 28; // ENOSPC of Linux and macOS
    private const int QuotaOfLinux = 122; // EDQUOT
    private const int QuotaOfMac = 69;
    private const int HandleDiskFull = unchecked((int)0x80070027); // of Windows
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Whether a failure says that the disk, or the user's share of it, is full.</summary>
    public static bool Is(Exception exception) =>
        exception is IOException && (OperatingSystem.IsWindows()
            ? exception.HResult is HandleDiskFull or WindowsDiskFull
            : exception.HResult == NoSpace || exception.HResult == (OperatingSystem.IsMacOS() ? QuotaOfMac : QuotaOfLinux));
}

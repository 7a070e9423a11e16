namespace DistRec.Data;

/// <summary>How far a download has come.</summary>
/// <param name="File">Name of the file.</param>
/// <param name="BytesReceived">Bytes received so far.</param>
/// <param name="TotalBytes">Bytes of the file, where the server says so.</param>
public readonly record struct DownloadProgress(string File, long BytesReceived, long? TotalBytes);

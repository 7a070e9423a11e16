namespace DistRec.Data;

/// <summary>How far reading has come.</summary>
/// <param name="BytesRead">Bytes of the files read so far, compressed ones as stored.</param>
/// <param name="TotalBytes">Bytes of all files.</param>
/// <param name="Ratings">Ratings parsed so far, before duplicates are dropped.</param>
public readonly record struct ReadProgress(long BytesRead, long TotalBytes, long Ratings);

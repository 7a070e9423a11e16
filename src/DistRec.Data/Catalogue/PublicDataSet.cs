namespace DistRec.Data;

/// <summary>A data set that anybody may fetch from those who publish it; nothing of it comes with this program.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Description">What is in it.</param>
/// <param name="Licence">What its publishers allow, in short; their text decides.</param>
/// <param name="Page">Where they describe it.</param>
/// <param name="Files">What is fetched.</param>
public sealed record PublicDataSet(string Name, string Description, string Licence, Uri Page, IReadOnlyList<DataSetFile> Files);

/// <summary>One file of a public data set.</summary>
/// <param name="Address">Where it is fetched from.</param>
/// <param name="Md5">
/// MD5 that its publishers state, as lower-case hex; null where they state none or change the file. It tells a damaged file from a
/// whole one; that the file is theirs is vouched for by HTTPS.
/// </param>
/// <param name="IsArchive">Whether it is a zip file to unpack.</param>
public sealed record DataSetFile(Uri Address, string? Md5, bool IsArchive)
{
    /// <summary>Name of the file.</summary>
    public string Name => Path.GetFileName(Address.AbsolutePath);
}

using System.Text;

namespace DistRec.Data;

/// <summary>The SHA-256 of each file at its first download, in the form of sha256sum: later downloads of files without a published checksum are held to it.</summary>
internal sealed class ChecksumRecord
{
    private readonly SortedDictionary<string, string> _checksums = new(StringComparer.Ordinal);

    public ChecksumRecord(string path)
    {
        Path = path;
        if (!File.Exists(path))
        {
            return;
        }

        foreach (string line in File.ReadLines(path))
        {
            string[] parts = line.Split("  ", 2);
            if (parts.Length == 2)
            {
                _checksums[parts[1]] = parts[0];
            }
        }
    }

    public string Path { get; }

    public string? Of(DataSetFile file) => _checksums.GetValueOrDefault(file.Name);

    public void Set(DataSetFile file, string sha256) => _checksums[file.Name] = sha256;

    public void Save() => AtomicFile.Write(Path, stream =>
    {
        foreach ((string name, string sha256) in _checksums)
        {
            stream.Write(Encoding.UTF8.GetBytes($"{sha256}  {name}\n"));
        }
    });
}

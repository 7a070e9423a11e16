using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace DistRec.Processes.Tests;

/// <summary>
/// The program as another release would be: a copy of its folder, in which the assembly that has the release's version says another one.
/// </summary>
internal sealed class OtherRelease : IDisposable
{
    public const string Version = "9.8.7";

    private const string Assembly = "DistRec.Cluster.dll";

    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-release-").FullName;

    public OtherRelease()
    {
        Copy(AppContext.BaseDirectory, _folder);
        string path = Path.Combine(_folder, Assembly);
        byte[] bytes = File.ReadAllBytes(path);
        Write(System.Version.Parse(Version), bytes.AsSpan(OffsetOfVersion(bytes)));
        File.WriteAllBytes(path, bytes);
        AssemblyName.GetAssemblyName(path).Version!.ToString(3).ShouldBe(Version);
    }

    /// <summary>Where it is.</summary>
    public string Program => Path.Combine(_folder, "distrec.dll");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // ECMA-335, II.22.2: a row of the table of the assembly begins with four bytes for a hash algorithm, and four numbers follow.
    private static int OffsetOfVersion(byte[] bytes)
    {
        using PEReader file = new(new MemoryStream(bytes));
        return file.PEHeaders.MetadataStartOffset + file.GetMetadataReader().GetTableMetadataOffset(TableIndex.Assembly) + sizeof(int);
    }

    private static void Write(Version version, Span<byte> row)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(row, (ushort)version.Major);
        BinaryPrimitives.WriteUInt16LittleEndian(row[2..], (ushort)version.Minor);
        BinaryPrimitives.WriteUInt16LittleEndian(row[4..], (ushort)version.Build);
    }

    private static void Copy(string from, string to)
    {
        foreach (string folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}

using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace DistRec.Cluster.Tests;

/// <summary>
/// A program like the one under test that speaks the next version of the protocol: a copy in which that number is another wherever it
/// is said or compared.
/// </summary>
internal sealed class OtherRelease : IDisposable
{
    private const string Changed = "DistRec.Actors.Cluster.dll";
    private const byte LoadTwo = 0x18;
    private const byte LoadThree = 0x19;
    private const byte Call = 0x28;
    private const byte CallVirtual = 0x6F;

    public OtherRelease()
    {
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories).Where(IsOfTheProgram))
        {
            string copy = Path.Combine(Folder, Path.GetRelativePath(AppContext.BaseDirectory, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        string changed = Path.Combine(Folder, Changed);
        File.WriteAllBytes(changed, SpeakingTheNextVersion(File.ReadAllBytes(changed)));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("distrec-release-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    // Of native libraries those of this kind of system are enough.
    private static bool IsOfTheProgram(string file)
    {
        string path = Path.GetRelativePath(AppContext.BaseDirectory, file);
        return path.StartsWith("runtimes", StringComparison.Ordinal)
            ? path.StartsWith(Path.Combine("runtimes", OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux"), StringComparison.Ordinal)
            : Path.GetExtension(file) is ".dll" or ".json" && !path.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    // The constant stands in the code where it is used: before it is written to a Hello, and after it is read from one.
    private static byte[] SpeakingTheNextVersion(byte[] image)
    {
        using PEReader file = new([.. image]);
        MetadataReader metadata = file.GetMetadataReader();
        TypeDefinition hello = metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Single(
            type => metadata.GetString(type.Name) == "Hello" && metadata.GetString(type.Namespace) == "DistRec.Actors.Cluster.Standalone.Protocol");
        PropertyAccessors protocol = hello.GetProperties().Select(metadata.GetPropertyDefinition)
            .Single(property => metadata.GetString(property.Name) == "Protocol").GetAccessors();
        int changes = 0;
        for (int at = 1; at < image.Length - 5; at++)
        {
            if (image[at] is not (Call or CallVirtual))
            {
                continue;
            }

            int called = BitConverter.ToInt32(image, at + 1);
            int number = called == MetadataTokens.GetToken(protocol.Setter) ? at - 1 : called == MetadataTokens.GetToken(protocol.Getter) ? at + 5 : -1;
            if (number >= 0 && image[number] == LoadTwo)
            {
                image[number] = LoadThree;
                changes++;
            }
        }

        changes.ShouldBe(2, "the node says the version once, and the seed compares it once; has it changed?");
        return image;
    }
}

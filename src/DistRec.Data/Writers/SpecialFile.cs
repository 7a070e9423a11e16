using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DistRec.Data;

/// <summary>Tells devices, pipes and sockets from files, which the framework does not.</summary>
internal static partial class SpecialFile
{
    // Of statx(2) of Linux, whose record is laid out alike on all machines.
    private const int AtCurrentFolder = -100;
    private const uint TypeAlone = 1;
    private const int RecordBytes = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int CharacterDevice = 0x2000;
    private const int BlockDevice = 0x6000;
    private const int Pipe = 0x1000;
    private const int Socket = 0xC000;

    /// <summary>Whether something is at a path that is neither file nor folder; false where the system does not tell.</summary>
    public static bool Is(string path) => KindOf(path) is CharacterDevice or BlockDevice or Pipe or Socket;

    /// <summary>Whether a pipe is at a path, as of a process substitution; false where the system does not tell.</summary>
    public static bool IsPipe(string path) => KindOf(path) == Pipe;

    private static int KindOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        byte[] record = new byte[RecordBytes];
        try
        {
            return NativeStatx(AtCurrentFolder, path, 0, TypeAlone, record) == 0
                ? BinaryPrimitives.ReadUInt16LittleEndian(record.AsSpan(ModeOffset)) & TypeMask
                : 0;
        }
        catch (EntryPointNotFoundException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeStatx(int folder, string path, int flags, uint mask, [Out] byte[] record);
}

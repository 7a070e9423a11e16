using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>An array's values seen as bytes, so that streams read and write tables where they stand.</summary>
internal sealed class ByteView<T>(ArraySegment<T> values) : MemoryManager<byte>
    where T : unmanaged
{
    /// <summary>The bytes of array-backed memory, at most 2³¹ of them.</summary>
    public static Memory<byte> Of(ReadOnlyMemory<T> values) =>
        MemoryMarshal.TryGetArray(values, out ArraySegment<T> segment)
            ? new ByteView<T>(segment).Memory
            : throw new ArgumentException("expected memory of an array", nameof(values));

    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(values.AsSpan());

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        GCHandle handle = GCHandle.Alloc(values.Array, GCHandleType.Pinned);
        byte* start = (byte*)handle.AddrOfPinnedObject() + (long)values.Offset * Unsafe.SizeOf<T>();
        return new MemoryHandle(start + elementIndex, handle);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}

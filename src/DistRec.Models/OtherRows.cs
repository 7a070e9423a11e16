using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistRec.Models;

/// <summary>Finds the other side's rows for one row's ratings, whose columns ascend: the owning partition only ever moves forward.</summary>
/// <param name="other">The other side. Read by address: the caller keeps it alive.</param>
/// <param name="length">Floats of each row that are wanted, whole vectors.</param>
internal unsafe ref struct OtherRows(PartitionedFactors other, int length)
{
    private const int Lanes = FactorTable.Lanes;
    private const int PrefetchDistance = 12;

    private readonly PartitionedFactors _other = other;
    private readonly int[] _starts = other.Starts;
    private readonly int _stride = other.Stride;
    private readonly int _length = length;
    private int _partition = -1;
    private int _first;
    private int _end;
    private float* _table;

    /// <summary>Copies the factors of the row that rating <paramref name="index"/> refers to, and asks for those of later ones early.</summary>
    /// <param name="columns">The row's columns, ascending.</param>
    /// <param name="index">Which of them; ascends from call to call.</param>
    /// <param name="target">Receives the factors with their padding, [length].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyTo(ReadOnlySpan<int> columns, int index, float* target)
    {
        int column = columns[index];
        if (column >= _end)
        {
            MoveTo(column);
        }

        int ahead = index + PrefetchDistance;
        if (Sse.IsSupported && ahead < columns.Length && columns[ahead] < _end)
        {
            float* next = _table + (long)(columns[ahead] - _first) * _stride;
            for (int j = 0; j < _length; j += Lanes)
            {
                Sse.Prefetch0(next + j);
            }
        }

        float* source = _table + (long)(column - _first) * _stride;
        for (int j = 0; j < _length; j += Lanes)
        {
            Vector512.Load(source + j).Store(target + j);
        }
    }

    /// <summary>Finds the rows that some ratings refer to.</summary>
    /// <param name="columns">The columns of these ratings, ascending, also from call to call.</param>
    /// <param name="addresses">Receives where each row is, [columns].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find(ReadOnlySpan<int> columns, float** addresses)
    {
        for (int t = 0; t < columns.Length; t++)
        {
            int column = columns[t];
            if (column >= _end)
            {
                MoveTo(column);
            }

            addresses[t] = _table + ((long)(column - _first) * _stride);
        }
    }

    private void MoveTo(int column)
    {
        while (column >= _end)
        {
            _partition++;
            _first = _starts[_partition];
            _end = _starts[_partition + 1];
            _table = _other.Tables[_partition].Pointer;
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <summary>
/// Fewer columns for a table X whose rows matter by their products ⟨x_i, x_j⟩ alone: X B, with the orthonormal eigenvectors B of Σ_i c_i x_i x_iᵀ that
/// have the largest eigenvalues. Of all tables with so many columns X B Bᵀ is the nearest one to X by Σ_i c_i ‖·‖² (Eckart, Young, 1936).
/// </summary>
/// <remarks>One instance serves one thread. The bits do not depend on the width of the machine's vectors.</remarks>
public sealed unsafe class PrincipalColumns
{
    private const int TileRows = 128; // products of so many rows are added in float32, tiles in float64

    private readonly int _columns;
    private readonly int _kept;
    private readonly FactorTable _tile;
    private readonly FactorTable _gram;
    private readonly double[] _sum;
    private readonly FactorTable _basis;
    private int _rows;

    /// <param name="columns">Columns of X, at least 1.</param>
    /// <param name="kept">Columns of X B, 1 to <paramref name="columns"/>.</param>
    public PrincipalColumns(int columns, int kept)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kept);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kept, columns);
        _columns = columns;
        _kept = kept;
        _tile = new FactorTable(TileRows, columns);
        _gram = new FactorTable(_tile.Stride, columns);
        _sum = new double[columns * columns];
        _basis = new FactorTable(columns, kept);
    }

    /// <summary>Makes a row count in what <see cref="Solve"/> finds.</summary>
    /// <param name="row">√c x, [columns].</param>
    public void Add(ReadOnlySpan<float> row)
    {
        row[.._columns].CopyTo(_tile.Row(_rows));
        if (++_rows == TileRows)
        {
            AddTile();
        }
    }

    /// <summary>Finds B for all rows since the last call.</summary>
    public void Solve()
    {
        AddTile();
        for (int i = 0; i < _columns; i++)
        {
            for (int j = 0; j < i; j++)
            {
                _sum[(i * _columns) + j] = _sum[(j * _columns) + i];
            }
        }

        (double[] values, double[] vectors) = SymmetricEigen.Decompose(_sum, _columns);
        int[] order = [.. Enumerable.Range(0, _columns).OrderByDescending(index => values[index])];
        for (int column = 0; column < _kept; column++)
        {
            for (int i = 0; i < _columns; i++)
            {
                _basis.Row(i)[column] = (float)vectors[(order[column] * _columns) + i];
            }
        }

        Array.Clear(_sum);
    }

    /// <summary>Bᵀx, by the B that was found last.</summary>
    /// <param name="row">x, [columns].</param>
    /// <param name="kept">Receives it, [kept columns rounded up to whole vectors].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Project(ReadOnlySpan<float> row, Span<float> kept)
    {
        if (row.Length < _columns || kept.Length < _basis.Stride)
        {
            throw new ArgumentException($"expected {_columns} numbers and place for {_basis.Stride}, found {row.Length} and {kept.Length}", nameof(row));
        }

        ref float to = ref MemoryMarshal.GetReference(kept);
        for (int lane = 0; lane < _basis.Stride; lane += FactorTable.Lanes)
        {
            float* basis = _basis.Pointer + lane;
            Vector512<float> even = Vector512<float>.Zero, odd = even;
            int i = 0;
            for (; i + 1 < _columns; i += 2, basis += 2 * _basis.Stride)
            {
                even = Vector512.FusedMultiplyAdd(Vector512.Create(row[i]), Vector512.Load(basis), even);
                odd = Vector512.FusedMultiplyAdd(Vector512.Create(row[i + 1]), Vector512.Load(basis + _basis.Stride), odd);
            }

            if (i < _columns)
            {
                even = Vector512.FusedMultiplyAdd(Vector512.Create(row[i]), Vector512.Load(basis), even);
            }

            (even + odd).StoreUnsafe(ref to, (nuint)lane);
        }

        GC.KeepAlive(_basis); // read by address
    }

    private void AddTile()
    {
        _gram.Values.Clear();
        GramKernel.AddProduct(_gram.Pointer, _tile.Stride, _tile.Pointer, _tile.Pointer, _rows);
        for (int i = 0; i < _columns; i++)
        {
            ReadOnlySpan<float> row = _gram.Row(i);
            for (int j = i; j < _columns; j++)
            {
                _sum[(i * _columns) + j] += row[j];
            }
        }

        _rows = 0;
    }
}

namespace DistRec.Models;

/// <summary>A part of every row of a table.</summary>
/// <param name="First">Its first column.</param>
/// <param name="Count">Its columns.</param>
public readonly record struct TableSection(int First, int Count)
{
    /// <summary>The part of all rows of tables of consecutive rows, [rows, <see cref="Count"/>].</summary>
    public FactorTable Of(IReadOnlyList<FactorTable> tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        FactorTable part = new(tables.Sum(table => table.Rows), Count);
        int to = 0;
        foreach (FactorTable table in tables)
        {
            for (int row = 0; row < table.Rows; row++)
            {
                table.Row(row).Slice(First, Count).CopyTo(part.Row(to++));
            }
        }

        return part;
    }
}

namespace DistRec.Models.FactorizationMachine.Sampling;

/// <content>What callers must keep to.</content>
public sealed partial class FmSampler
{
    private void RequireTurn(int clock)
    {
        if (clock != _clock || clock >= Clocks)
        {
            throw new InvalidOperationException($"expected clock {_clock} of {Clocks}, found {clock}");
        }
    }

    private void RequireShape(FmParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        int rows = _shape.RowsFor(_space.Count, _space.Groups.Count);
        if (parameters.Features != _space.Count || parameters.Factors.Rows != rows || parameters.Factors.Rank != _shape.Width || parameters.Weights.Length != rows)
        {
            throw new ArgumentException(
                $"expected tables of [{rows}, {_shape.Width}] with their weights, found [{parameters.Factors.Rows}, {parameters.Factors.Rank}] and {parameters.Weights.Length}",
                nameof(parameters));
        }
    }

    private static void RequireRows(FeatureRows rows)
    {
        for (int block = 0; block < rows.Blocks.Count; block++)
        {
            int count = rows.Blocks[block].Rows.RowCount;
            foreach (int row in rows.BlockRows[block])
            {
                if ((uint)row >= (uint)count)
                {
                    throw new ArgumentException($"block {rows.Blocks[block].Name}: expected rows below {count}, found {row}", nameof(rows));
                }
            }
        }
    }
}

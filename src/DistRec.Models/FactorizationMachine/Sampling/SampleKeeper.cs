namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// Writes kept samples into the rows of the parameters. Epochs next to each other give samples that hardly differ, so a kept sample is the
/// mean of its stretch of epochs wherever that mean can be had: predictions then lose little by keeping few.
/// </summary>
/// <remarks>
/// What predicts is q_b and c_b of block rows (see <see cref="BlockTerms"/>). The mean of q_b is that of v. The mean of c_b is not that of w and
/// v, which move against each other from epoch to epoch; but where a block row has a feature of its own, one that no other row of the block has,
/// the w of that feature takes up the difference, and the kept sample's q and c are both the means. Where some block row that rows of the
/// learning problem have has several features and none of its own, a kept sample is the last one of its stretch.
/// </remarks>
internal sealed unsafe class SampleKeeper
{
    private readonly FmShape _shape;
    private readonly RelationBlock[] _blocks;
    private readonly int[][] _own;
    private readonly double[][] _means;
    private readonly double[][] _counts;

    /// <param name="shape">Where samples lie.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="columns">The same by features.</param>
    /// <param name="counts">Of each block, by row, how many rows of the learning problem have it; told before the first sample is kept.</param>
    public SampleKeeper(FmShape shape, IReadOnlyList<RelationBlock> blocks, BlockColumns[] columns, IReadOnlyList<double[]> counts)
    {
        _shape = shape;

        // c of single features is linear in w, so its mean is that of w.
        int[] meeting = [.. Enumerable.Range(0, columns.Length).Where(block => !columns[block].IsSingle)];
        _blocks = [.. meeting.Select(block => blocks[block])];
        _own = [.. meeting.Select(block => OwnEntries(blocks[block].Rows, columns[block]))];
        _means = [.. _own.Select(entries => new double[entries.Length])];
        _counts = [.. meeting.Select(block => counts[block])];
    }

    /// <summary>Brings a kept sample up to the parameters as they are.</summary>
    /// <param name="parameters">v and w of this epoch, and the samples.</param>
    /// <param name="sample">Which sample.</param>
    /// <param name="place">Place of the epoch in the sample's stretch, from 1 on.</param>
    public void Keep(FmParameters parameters, int sample, int place)
    {
        int start = _shape.SampleStart(sample);
        bool isMean = place > 1 && HasMeans();
        for (int block = 0; block < _blocks.Length && isMean; block++)
        {
            for (int row = 0; row < _means[block].Length; row++)
            {
                double before = Number(parameters, block, row, start);
                _means[block][row] = before + ((Number(parameters, block, row, -1) - before) / place);
            }
        }

        float share = isMean ? 1f / place : 1;
        for (int feature = 0; feature <= parameters.Features; feature++)
        {
            Span<float> row = parameters.Factors.Row(feature);
            Span<float> kept = row.Slice(start, _shape.FactorWidth + 1);
            for (int factor = 0; factor < _shape.FactorWidth; factor++)
            {
                kept[factor] = isMean ? kept[factor] + (share * (row[factor] - kept[factor])) : row[factor];
            }

            ref float weight = ref kept[_shape.FactorWidth];
            weight = isMean ? weight + (share * (parameters.Weights[feature] - weight)) : parameters.Weights[feature];
        }

        for (int block = 0; block < _blocks.Length && isMean; block++)
        {
            RatingMatrix matrix = _blocks[block].Rows;
            for (int row = 0; row < _means[block].Length; row++)
            {
                int entry = _own[block][row];
                if (entry < 0)
                {
                    continue;
                }

                ref float weight = ref parameters.Factors.Row(matrix.RowColumns(row)[entry])[start + _shape.FactorWidth];
                weight += (float)((_means[block][row] - Number(parameters, block, row, start)) / matrix.RowValues(row)[entry]);
            }
        }
    }

    private bool HasMeans()
    {
        for (int block = 0; block < _blocks.Length; block++)
        {
            for (int row = 0; row < _own[block].Length; row++)
            {
                if (_own[block][row] < 0 && _counts[block][row] > 0 && _blocks[block].Rows.RowLength(row) > 0)
                {
                    return false;
                }
            }
        }

        return true;
    }

    // c of a block row by a kept sample, or by the present parameters.
    private double Number(FmParameters parameters, int block, int row, int start)
    {
        RatingMatrix matrix = _blocks[block].Rows;
        FactorTable table = parameters.Factors;
        float* factors = table.Pointer + Math.Max(0, start);
        fixed (float* weights = parameters.Weights)
        {
            double number = start < 0
                ? BlockTerms.Describe(matrix.RowColumns(row), matrix.RowValues(row), factors, table.Stride, _shape.Stride, weights, 1, null)
                : BlockTerms.Describe(
                    matrix.RowColumns(row), matrix.RowValues(row), factors, table.Stride, _shape.Stride, factors + _shape.FactorWidth, table.Stride, null);
            GC.KeepAlive(table); // read by address
            return number;
        }
    }

    // For every row the place among its entries of a feature that no other row has; −1 where there is none.
    private static int[] OwnEntries(RatingMatrix matrix, BlockColumns columns)
    {
        HashSet<int> unique = [.. columns.Features.Where((_, index) => columns.Starts[index + 1] == columns.Starts[index] + 1)];
        int[] entries = new int[matrix.RowCount];
        for (int row = 0; row < entries.Length; row++)
        {
            ReadOnlySpan<int> features = matrix.RowColumns(row);
            int found = features.Length - 1;
            while (found >= 0 && (!unique.Contains(features[found]) || matrix.RowValues(row)[found] == 0))
            {
                found--;
            }

            entries[row] = found;
        }

        return entries;
    }
}

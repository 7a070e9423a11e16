namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// The mean over samples of what a factorization machine predicts, as one machine: w̄, and of the products ⟨v_i, v_j⟩ the mean
/// (1/T) Σ_t V_t V_tᵀ in so many columns as <see cref="FmOptions.MeanRank"/> says.
/// </summary>
/// <remarks>
/// <para>After sample t the columns X are replaced by the principal ones of [√((t−1)/t) X, √(1/t) V_t] (<see cref="PrincipalColumns"/>), each feature
/// counting as often as training rows have it. What is left out is what samples do not have in common: posterior noise, which the mean has hardly any of. Samples
/// themselves are not kept, so neither memory nor the model grow with their number.</para>
/// <para>What the features of one block row come to among themselves, c_b (see <see cref="BlockTerms"/>), adds up over many pairs, and so does what is left out of them. Where
/// a block row has a feature of its own, one that no other row of the block has, the w̄ of that feature makes c_b its exact mean.</para>
/// </remarks>
internal sealed unsafe class PosteriorMean
{
    private readonly FmShape _shape;
    private readonly PrincipalColumns? _columns;
    private readonly RelationBlock[] _blocks;
    private readonly int[][] _own;
    private readonly double[][] _numbers;
    private readonly float[] _joined;
    private readonly float[] _weighed;

    /// <param name="shape">Where v and the mean lie.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="columns">The same by features.</param>
    public PosteriorMean(FmShape shape, IReadOnlyList<RelationBlock> blocks, BlockColumns[] columns)
    {
        _shape = shape;
        _joined = new float[shape.MeanWidth + shape.FactorWidth];
        _weighed = new float[_joined.Length];
        _columns = shape.MeanWidth == 0 ? null : new PrincipalColumns(_joined.Length, shape.MeanRank);

        // c of single features is w, whose mean is exact.
        int[] meeting = [.. Enumerable.Range(0, columns.Length).Where(block => _columns is not null && !columns[block].IsSingle)];
        _blocks = [.. meeting.Select(block => blocks[block])];
        _own = [.. meeting.Select(block => OwnEntries(blocks[block].Rows, columns[block]))];
        _numbers = [.. _own.Select(entries => new double[entries.Length])];
    }

    /// <summary>Brings the mean up to the parameters as they are.</summary>
    /// <param name="parameters">v and w of this epoch, and the mean.</param>
    /// <param name="sweeps">The blocks, with how many training rows have each of their rows.</param>
    /// <param name="place">Which sample it is, from 1 on.</param>
    public void Add(FmParameters parameters, BlockSweep[] sweeps, int place)
    {
        AddNumbers(parameters, place);
        for (int feature = 0; feature <= parameters.Features; feature++)
        {
            ref float mean = ref parameters.Factors.Row(feature)[_shape.MeanWeight];
            mean = place == 1 ? parameters.Weights[feature] : mean + ((parameters.Weights[feature] - mean) / place);
        }

        if (_columns is null)
        {
            return;
        }

        double[] uses = new double[parameters.Features];
        foreach (BlockSweep sweep in sweeps)
        {
            sweep.AddUses(uses);
        }

        float old = MathF.Sqrt((place - 1f) / place), young = MathF.Sqrt(1f / place);
        for (int feature = 0; feature < uses.Length; feature++)
        {
            Join(parameters, feature, old, young);
            float weight = MathF.Sqrt((float)uses[feature] + 1);
            for (int column = 0; column < _joined.Length; column++)
            {
                _weighed[column] = weight * _joined[column];
            }

            _columns.Add(_weighed);
        }

        _columns.Solve();
        for (int feature = 0; feature < uses.Length; feature++)
        {
            Join(parameters, feature, old, young);
            _columns.Project(_joined, parameters.Factors.Row(feature).Slice(_shape.StateStart, _shape.MeanWidth));
        }

        Balance(parameters);
    }

    private void Join(FmParameters parameters, int feature, float old, float young)
    {
        ReadOnlySpan<float> row = parameters.Factors.Row(feature);
        for (int column = 0; column < _shape.MeanWidth; column++)
        {
            _joined[column] = old * row[_shape.StateStart + column];
        }

        for (int column = 0; column < _shape.FactorWidth; column++)
        {
            _joined[_shape.MeanWidth + column] = young * row[column];
        }
    }

    // The mean of c of each block row.
    private void AddNumbers(FmParameters parameters, int place)
    {
        for (int block = 0; block < _blocks.Length; block++)
        {
            for (int row = 0; row < _own[block].Length; row++)
            {
                double before = place == 1 ? 0 : Number(parameters, block, row, isMean: true);
                _numbers[block][row] = before + ((Number(parameters, block, row, isMean: false) - before) / place);
            }
        }
    }

    private void Balance(FmParameters parameters)
    {
        for (int block = 0; block < _blocks.Length; block++)
        {
            RatingMatrix matrix = _blocks[block].Rows;
            for (int row = 0; row < _own[block].Length; row++)
            {
                int entry = _own[block][row];
                if (entry >= 0)
                {
                    parameters.Factors.Row(matrix.RowColumns(row)[entry])[_shape.MeanWeight] +=
                        (float)((_numbers[block][row] - Number(parameters, block, row, isMean: true)) / matrix.RowValues(row)[entry]);
                }
            }
        }
    }

    // c of a block row by the mean, or by the present parameters.
    private double Number(FmParameters parameters, int block, int row, bool isMean)
    {
        RatingMatrix matrix = _blocks[block].Rows;
        FactorTable table = parameters.Factors;
        fixed (float* weights = parameters.Weights)
        {
            double number = isMean
                ? BlockTerms.Describe(
                    matrix.RowColumns(row), matrix.RowValues(row), table.Pointer + _shape.StateStart, table.Stride, _shape.MeanWidth,
                    table.Pointer + _shape.MeanWeight, table.Stride, null)
                : BlockTerms.Describe(matrix.RowColumns(row), matrix.RowValues(row), table.Pointer, table.Stride, _shape.Stride, weights, 1, null);
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

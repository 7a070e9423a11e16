namespace DistRec.Training.Partitions;

/// <summary>
/// Ratings of one clock's rows whose columns are places in a working copy of the other side, in arrays that every clock fills anew.
/// </summary>
internal sealed class PlacedRatings
{
    private readonly RatingMatrix _ratings;
    private readonly int[] _clockStarts;
    private readonly long[] _rowStarts;
    private readonly int[] _columns;
    private readonly float[] _values;

    /// <param name="ratings">All rows, columns by their global index.</param>
    /// <param name="clockStarts">First row of each clock, and the number of rows last.</param>
    public PlacedRatings(RatingMatrix ratings, int[] clockStarts)
    {
        _ratings = ratings;
        _clockStarts = clockStarts;
        _rowStarts = new long[ratings.RowCount + 1];
        long longest = Enumerable.Range(0, clockStarts.Length - 1).Max(clock => ratings.RowStarts[clockStarts[clock + 1]] - ratings.RowStarts[clockStarts[clock]]);
        _columns = new int[longest];
        _values = new float[longest];
    }

    /// <summary>The same rows, of which those of one clock have their ratings and others none. Good until the next call.</summary>
    /// <param name="clock">Which clock.</param>
    /// <param name="places">Number of places.</param>
    /// <param name="placeOf">The place of a column; ascending as columns do.</param>
    public RatingMatrix Of(int clock, int places, Func<int, int> placeOf)
    {
        long first = _ratings.RowStarts[_clockStarts[clock]];
        long end = _ratings.RowStarts[_clockStarts[clock + 1]];
        for (int row = 0; row < _rowStarts.Length; row++)
        {
            _rowStarts[row] = Math.Clamp(_ratings.RowStarts[row], first, end) - first;
        }

        ReadOnlySpan<int> columns = _ratings.Columns.AsSpan((int)first, (int)(end - first));
        for (int index = 0; index < columns.Length; index++)
        {
            _columns[index] = placeOf(columns[index]);
        }

        _ratings.Values.AsSpan((int)first, columns.Length).CopyTo(_values);
        return new RatingMatrix(places, _rowStarts, _columns, _values);
    }
}

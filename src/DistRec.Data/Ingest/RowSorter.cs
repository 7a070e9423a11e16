namespace DistRec.Data;

/// <summary>Sorts every row by item, keeping the input's order among equal ones, and resolves duplicates.</summary>
internal sealed class RowSorter(int[] columns, float[] values, long[]? timestamps, long[] rowStarts, DuplicatePolicy policy)
{
    private readonly Lock _lock = new();
    private int[]? _rowLengths;
    private long _droppedCount;
    private (int User, int Item) _firstDuplicate = (int.MaxValue, 0);

    /// <summary>How many ratings lost their place to another one of the same user and item.</summary>
    public long DroppedCount => _droppedCount;

    /// <summary>The first such user in the order of rows, and the item.</summary>
    public (int User, int Item) FirstDuplicate => _firstDuplicate;

    public void SortAll(int threads)
    {
        int[] cuts = Workers.CutRows(rowStarts, threads);
        Workers.Run(threads, thread =>
        {
            ulong[] keys = [];
            float[] rowValues = [];
            long[] rowTimes = [];
            for (int row = cuts[thread]; row < cuts[thread + 1]; row++)
            {
                SortRow(row, ref keys, ref rowValues, ref rowTimes);
            }
        });
    }

    /// <summary>Closes the gaps that dropped duplicates left and returns where the rows start.</summary>
    public long[] Compact()
    {
        if (_rowLengths is null)
        {
            return rowStarts;
        }

        long[] starts = new long[rowStarts.Length];
        for (int row = 0; row < _rowLengths.Length; row++)
        {
            int length = _rowLengths[row];
            int from = (int)rowStarts[row];
            int to = (int)starts[row];
            columns.AsSpan(from, length).CopyTo(columns.AsSpan(to));
            values.AsSpan(from, length).CopyTo(values.AsSpan(to));
            timestamps?.AsSpan(from, length).CopyTo(timestamps.AsSpan(to));
            starts[row + 1] = starts[row] + length;
        }

        return starts;
    }

    private void SortRow(int row, ref ulong[] keys, ref float[] rowValues, ref long[] rowTimes)
    {
        int start = (int)rowStarts[row];
        int length = (int)rowStarts[row + 1] - start;
        Span<int> items = columns.AsSpan(start, length);
        int order = MinStep(items);
        if (order > 0)
        {
            return;
        }

        if (order < 0)
        {
            if (keys.Length < length)
            {
                keys = new ulong[Math.Max(length, 2 * keys.Length)];
                rowValues = new float[keys.Length];
                rowTimes = timestamps is null ? [] : new long[keys.Length];
            }

            // The position in the low half makes the sort stable and tells where the value was.
            for (int index = 0; index < length; index++)
            {
                keys[index] = ((ulong)(uint)items[index] << 32) | (uint)index;
            }

            keys.AsSpan(0, length).Sort();
            values.AsSpan(start, length).CopyTo(rowValues);
            timestamps?.AsSpan(start, length).CopyTo(rowTimes);
            int previous = -1;
            bool hasDuplicates = false;
            for (int index = 0; index < length; index++)
            {
                ulong key = keys[index];
                int item = (int)(key >> 32);
                items[index] = item;
                values[start + index] = rowValues[(int)(uint)key];
                if (timestamps is not null)
                {
                    timestamps[start + index] = rowTimes[(int)(uint)key];
                }

                hasDuplicates |= item == previous;
                previous = item;
            }

            if (!hasDuplicates)
            {
                return;
            }
        }

        Resolve(row, start, length);
    }

    /// <summary>Positive where the items ascend strictly, zero where some are equal, negative where some descend.</summary>
    private static int MinStep(ReadOnlySpan<int> items)
    {
        int smallest = 1;
        for (int index = 1; index < items.Length; index++)
        {
            if (items[index] < items[index - 1])
            {
                return -1;
            }

            smallest = items[index] == items[index - 1] ? 0 : smallest;
        }

        return smallest;
    }

    private void Resolve(int row, int start, int length)
    {
        int kept = 0;
        int firstItem = -1;
        for (int index = 0; index < length;)
        {
            int end = index + 1;
            while (end < length && columns[start + end] == columns[start + index])
            {
                end++;
            }

            if (end - index > 1 && firstItem < 0)
            {
                firstItem = columns[start + index];
            }

            Keep(start + index, end - index, start + kept++);
            index = end;
        }

        lock (_lock)
        {
            _rowLengths ??= RowLengths();
            _rowLengths[row] = kept;
            _droppedCount += length - kept;
            if (row < _firstDuplicate.User)
            {
                _firstDuplicate = (row, firstItem);
            }
        }
    }

    /// <summary>Writes what the policy makes of equal pairs, which stand in the order of the input.</summary>
    private void Keep(int first, int count, int to)
    {
        int chosen = first;
        double sum = values[first];
        for (int candidate = first + 1; candidate < first + count; candidate++)
        {
            sum += values[candidate];
            bool isEarlier = timestamps is not null && timestamps[candidate] < timestamps[chosen];
            if (policy == DuplicatePolicy.First ? isEarlier : !isEarlier)
            {
                chosen = candidate;
            }
        }

        columns[to] = columns[first];
        values[to] = policy switch
        {
            DuplicatePolicy.Mean => (float)(sum / count),
            DuplicatePolicy.Sum => (float)sum,
            _ => values[chosen],
        };
        if (timestamps is not null)
        {
            timestamps[to] = timestamps[chosen];
        }
    }

    private int[] RowLengths()
    {
        int[] lengths = new int[rowStarts.Length - 1];
        for (int row = 0; row < lengths.Length; row++)
        {
            lengths[row] = (int)(rowStarts[row + 1] - rowStarts[row]);
        }

        return lengths;
    }
}

namespace DistRec.Data;

/// <summary>
/// What one thread found in one block of text: ratings by indices of the block's own id tables, so that blocks can be
/// parsed at the same time and given their final indices afterwards, in the order of the input.
/// </summary>
internal sealed class ParsedBlock
{
    /// <summary>Item index of ratings above the block's first item heading: they belong to the item that was open before.</summary>
    public const int InheritedItem = -1;

    public IdTable Users { get; } = new();

    public IdTable Items { get; } = new();

    public List<LineError> Errors { get; } = [];

    /// <summary>Kinds of feedback that lines are, those that are left out too.</summary>
    public IdTable Kinds { get; } = new();

    /// <summary>Lines of each, [kinds].</summary>
    public List<long> KindCounts { get; } = [];

    public int Count;
    public long ErrorCount;
    public long CommentCount;
    public long LineCount;
    public int[] UserIndices = new int[1 << 12];
    public int[] ItemIndices = new int[1 << 12];
    public float[] Values = new float[1 << 12];
    public long[] Timestamps = [];

    /// <summary>The item that is open at the block's end; null where the block has no heading.</summary>
    public byte[]? OpenItem;

    public void Clear()
    {
        Users.Clear();
        Items.Clear();
        Errors.Clear();
        Kinds.Clear();
        KindCounts.Clear();
        Count = 0;
        ErrorCount = 0;
        CommentCount = 0;
        LineCount = 0;
        OpenItem = null;
    }

    public void Add(int user, int item, float value)
    {
        int index = Count;
        if (index == Values.Length)
        {
            Grow();
        }

        UserIndices[index] = user;
        ItemIndices[index] = item;
        Values[index] = value;
        Count = index + 1;
    }

    public void Add(int user, int item, float value, long timestamp)
    {
        Add(user, item, value);
        if (Timestamps.Length < Values.Length)
        {
            Array.Resize(ref Timestamps, Values.Length);
        }

        Timestamps[Count - 1] = timestamp;
    }

    public void CountKind(ReadOnlySpan<byte> kind)
    {
        int index = Kinds.GetOrAdd(kind);
        if (index == KindCounts.Count)
        {
            KindCounts.Add(0);
        }

        KindCounts[index]++;
    }

    private void Grow()
    {
        int length = checked(Values.Length * 2);
        Array.Resize(ref UserIndices, length);
        Array.Resize(ref ItemIndices, length);
        Array.Resize(ref Values, length);
    }
}

namespace DistRec.Data;

/// <summary>What a line says, by column.</summary>
internal ref struct LineFields
{
    public ReadOnlySpan<byte> User;
    public ReadOnlySpan<byte> Item;
    public ReadOnlySpan<byte> Rating;
    public ReadOnlySpan<byte> Timestamp;
    public ReadOnlySpan<byte> Kind;

    public void Set(ColumnRole role, ReadOnlySpan<byte> text)
    {
        switch (role)
        {
            case ColumnRole.User:
                User = text;
                break;
            case ColumnRole.Item:
                Item = text;
                break;
            case ColumnRole.Rating:
                Rating = text;
                break;
            case ColumnRole.Timestamp:
                Timestamp = text;
                break;
            case ColumnRole.Kind:
                Kind = text;
                break;
        }
    }
}

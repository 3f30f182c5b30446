/** Source: in no text of a user or a workspace the service takes control characters, or what turns the direction of the rest. */
const REFUSED = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Source: of a name the service takes, something can be seen. */
const VISIBLE =
  /[^\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Noncharacter_Code_Point}\u2800\u{1d159}\ufffc]/u;

/** The text as the service takes it. */
export const plain = (text: string) => text.replace(REFUSED, '\uFFFD');

export const isVisible = (text: string) => VISIBLE.test(text);

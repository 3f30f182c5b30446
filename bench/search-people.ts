/** People who look real enough to search for: the same ones every time. */
export interface Person {
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

const FIRST_NAMES =
  `James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan
Joseph Jessica Thomas Sarah Christopher Karen Charles Lisa Daniel Nancy Matthew Betty Anthony Margaret Mark Sandra Donald
Ashley Steven Kimberly Andrew Emily Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa George Deborah Timothy
Stephanie Ronald Rebecca Jason Laura Edward Helen Jeffrey Sharon Ryan Cynthia Jacob Kathleen Gary Amy Nicholas Angela Eric
Jane Joan Anna Zoë Chloë José María Jesús Ángel Sofía Lucía Martín Andrés Iván Ramón Inés Nuria Begoña João Antônio Conceição
Luís Inês Gonçalo François Hélène René Chloé Aurélie Jérôme Loïc Benoît Anaïs Cédric Jörg Jürgen Käthe Günther Björn Åsa Søren
Øyvind Bjørn Åse Łukasz Małgorzata Paweł Agnieszka Stanisław Jiří Tomáš Zdeněk Ondřej Štěpán Željko Đorđe Ștefan Ioana
István Györgyi Ömer Şebnem Çağla İbrahim Işıl Nguyễn Trần Đức Hương Wei Fang Hiroshi Yuki Haruto Min-jun Seo-yeon Arjun Priya
Lakshmi Rahul Fatima Mohammed Aisha Omar Yusuf Layla Kwame Ama Chidi Ngozi Thabo Zanele Ivan Olga Dmitri Ekaterina Иван Ольга
Дмитрий Екатерина Mary-Ann Anne-Marie Jean-Pierre`.split(/\s+/);

const LAST_NAMES =
  `Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson
Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young
Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts
Gómez Díaz Cruz Reyes Morales Gutiérrez Ortiz Ramos Jiménez Muñoz Peña Núñez Ibáñez Müller Schmidt Schneider Fischer Weber
Meyer Wagner Schäfer Groß Weiß Köhler Krüger Dubois Lefèvre Rousseau Béranger D'Angelo O'Brien O'Connor McDonald MacLeod Rossi
Russo Ferrari Esposito Silva Santos Ferreira Gonçalves Araújo Magalhães Hansen Johansson Ångström Sørensen Østergaard Kowalski
Wiśniewski Wójcik Dvořák Novák Svoboda Horváth Szabó Kovačević Đukić Popescu Yılmaz Öztürk Çelik Phạm Hoàng Tanaka Suzuki
Watanabe Kim Park Chen Wang Singh Patel Sharma Gupta Khan Ahmed Hussein Okafor Adeyemi Mensah Petrov Ivanova Иванова Смирнов
van-der-Berg de-la-Cruz Featherstonehaugh Papadopoulos Christodoulopoulos`.split(/\s+/);

// Syllables make the long tail that lists of names don't have.
const SYLLABLES =
  `ba be bo ca ce co da de do el en fa fi ga go ha he in ja ka ke la le lo ma me mi mo na ne ni no o pa pe ra re ri ro sa se so sta ta te ti to va ve vi wa wo ya za`.split(
    ' ',
  );
const DOMAINS =
  `gmail.com gmail.com gmail.com outlook.com yahoo.com example.com example.com icloud.com gmx.de web.de orange.fr
libero.it wp.pl mail.ru acme.com initech.com globex.com hooli.com umbrella.org contoso.com`.split(/\s+/);

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

// Names are unevenly common: the first of the list are had by many more people than the last.
const pickUnevenly = (random: () => number, list: readonly string[]): string =>
  list[Math.floor(random() ** 2 * list.length)]!;

function inventedName(random: () => number): string {
  const length = 2 + Math.floor(random() * 3);
  const name = Array.from({ length }, () => pick(random, SYLLABLES)).join('');
  return name[0]!.toUpperCase() + name.slice(1);
}

/** The person with this number; `number` makes username and e-mail unique. */
export function personOf(number: number): Person {
  const random = dice(number);
  const firstName = random() < 0.8 ? pickUnevenly(random, FIRST_NAMES) : inventedName(random);
  const lastName = random() < 0.5 ? pickUnevenly(random, LAST_NAMES) : inventedName(random);
  const first = plain(firstName);
  const last = plain(lastName);
  const digits = number.toString(36);
  const username = pick(random, [
    `${first}.${last}.${digits}`,
    `${first[0]}${last}${digits}`,
    `${first}_${last}${number}`,
    `${last}${digits}`,
  ]);
  return { username, email: `${first}.${last}.${digits}@${pick(random, DOMAINS)}`, firstName, lastName };
}

const plain = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[\p{M}']/gu, '')
    .toLowerCase();
